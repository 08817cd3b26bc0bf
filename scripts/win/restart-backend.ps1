<#
.SYNOPSIS
Restarts the service of the compose stack, shows the end of its log and waits until it is ready.

.DESCRIPTION
PostgreSQL and Redis go on running. Exit code 0 when the service is ready again, 1 when it is not.

.PARAMETER BackendUrl
Where the service answers.

.PARAMETER Lines
How many lines of the log are shown.

.PARAMETER TimeoutSec
How long it may take to be ready.

.EXAMPLE
scripts\win\restart-backend.ps1

.EXAMPLE
scripts\win\restart-backend.ps1 -BackendUrl http://localhost:8080 -Lines 200
#>
[CmdletBinding()]
param(
    [uri] $BackendUrl = 'http://localhost:3000',
    [ValidateRange(1, 100000)]
    [int] $Lines = 50,
    [ValidateRange(1, 3600)]
    [int] $TimeoutSec = 90
)

. (Join-Path $PSScriptRoot 'stack.ps1')

try {
    Write-Output 'Restarting the service app ...'
    Invoke-Compose -Arguments 'restart', 'app'

    $until = (Get-Date).AddSeconds($TimeoutSec)
    do {
        Start-Sleep -Seconds 2
        $health = Get-Health -BackendUrl $BackendUrl
    } until (($health -and $health.ok) -or (Get-Date) -ge $until)

    Write-Output "The last $Lines lines of its log:"
    Invoke-Compose -Arguments 'logs', '--tail', "$Lines", 'app'
} catch {
    Write-Error $_ -ErrorAction Continue
    exit 1
}

if (-not $health) {
    Write-Warning "$BackendUrl/health does not answer within $TimeoutSec s. Is the port published there (PUBLISH in .env)?"
    exit 1
}
$health | ConvertTo-Json -Depth 5
if (-not $health.ok) {
    Write-Warning "The service answers but is not ready: $($health.reason)"
    exit 1
}
