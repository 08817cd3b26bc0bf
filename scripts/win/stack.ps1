# What the other scripts of this folder share: where the stack is, which engine runs it, how the service is asked.
# They dot-source it; alone it does nothing.

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

# The folder with podman-compose.yml.
$StackFolder = (Resolve-Path (Join-Path $PSScriptRoot '..\..')).Path

# The words that start a compose command here: podman-compose, podman compose or docker compose, whichever is there.
function Get-ComposeCommand {
    [CmdletBinding()]
    [OutputType([string[]])]
    param()

    if (Get-Command podman-compose -ErrorAction SilentlyContinue) { return , @('podman-compose') }
    foreach ($engine in 'podman', 'docker') {
        if (Get-Command $engine -ErrorAction SilentlyContinue) { return , @($engine, 'compose') }
    }
    throw 'Neither podman-compose, podman nor docker is on the PATH. Install Podman Desktop or Docker Desktop, then open a new window.'
}

# Runs a compose command on the stack and fails when it does.
function Invoke-Compose {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)]
        [string[]] $Arguments
    )

    $command = Get-ComposeCommand
    $words = @($command | Select-Object -Skip 1) + @('-f', 'podman-compose.yml') + $Arguments
    Push-Location $StackFolder
    try {
        & $command[0] @words
        if ($LASTEXITCODE -ne 0) {
            throw "$($command -join ' ') $($Arguments -join ' ') ended with exit code $LASTEXITCODE; its messages are above."
        }
    } finally {
        Pop-Location
    }
}

# What /health says, or nothing when the service does not answer.
function Get-Health {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)]
        [uri] $BackendUrl
    )

    try {
        Invoke-RestMethod -Uri "$("$BackendUrl".TrimEnd('/'))/health" -TimeoutSec 5
    } catch {
        Write-Verbose "no answer from ${BackendUrl}: $($_.Exception.Message)"
    }
}
