<#
.SYNOPSIS
Lets saved searches run now, and tells what they have found.

.DESCRIPTION
Without -Live it asks no marketplace: it tells how the last run of each search went. With -Live a run of each search is
asked for, and with -Blocking it waits for them and prints the totals. It needs a token with the scope write (read without
-Live): deal-scout token add you@example.org --scope write

Exit code 0 when all is well, 1 when a run failed or the service could not be asked.

.PARAMETER Live
Ask the marketplaces now.

.PARAMETER Blocking
Wait until the runs have ended.

.PARAMETER BackendUrl
Where the service answers.

.PARAMETER Token
The token; the variable DEAL_SCOUT_TOKEN otherwise.

.PARAMETER Search
Ids of searches; all that are switched on otherwise.

.PARAMETER TimeoutSec
How long -Blocking waits.

.EXAMPLE
scripts\win\scan.ps1 -Live -Blocking

.EXAMPLE
scripts\win\scan.ps1 -Live -Search 0198c0de-0000-7000-8000-000000000001
#>
[CmdletBinding()]
param(
    [switch] $Live,
    [switch] $Blocking,
    [uri] $BackendUrl = 'http://localhost:3000',
    [string] $Token = $env:DEAL_SCOUT_TOKEN,
    [string[]] $Search = @(),
    [ValidateRange(1, 3600)]
    [int] $TimeoutSec = 60
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$base = "$BackendUrl".TrimEnd('/')

function Invoke-Api {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)]
        [string] $Path,
        [string] $Method = 'Get'
    )

    Invoke-RestMethod -Method $Method -Uri "$base/api/v1$Path" -TimeoutSec 60 `
        -Headers @{ Authorization = "Bearer $Token"; Accept = 'application/json' }
}

# All searches that are switched on, page by page.
function Get-Search {
    [CmdletBinding()]
    param()

    $cursor = ''
    do {
        $page = Invoke-Api -Path "/searches?limit=100&enabled=true$cursor"
        $page.items
        $cursor = if ($page.next_cursor) { "&cursor=$([uri]::EscapeDataString($page.next_cursor))" } else { '' }
    } while ($cursor)
}

# A run in one line, and a sum for each of its numbers.
function Get-Total {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)]
        $Scan
    )

    $total = [ordered]@{ status = $Scan.status; found = 0; matched = 0; new = 0; changed = 0; skipped = 0 }
    foreach ($source in $Scan.progress.sources.PSObject.Properties) {
        foreach ($name in 'found', 'matched', 'new', 'changed', 'skipped') { $total[$name] += $source.Value.$name }
    }
    [pscustomobject] $total
}

function Write-Trouble {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)]
        [string] $Message
    )

    Write-Warning $Message
    Write-Output 'What to look at:'
    Write-Output "  * Does it run?            $base/health"
    Write-Output "  * What does it say?       scripts\win\logs.ps1"
    Write-Output "  * Is it stuck?            scripts\win\restart-backend.ps1"
    Write-Output "  * Are the keys set?       $base/status, and eBay, Reverb and Etsy in the README's table of settings"
    Write-Output '  * Is the token right?     deal-scout token list you@example.org'
}

if (-not $Token) {
    Write-Trouble 'There is no token: give -Token, or set DEAL_SCOUT_TOKEN.'
    exit 1
}

$failed = 0
try {
    $searches = if ($Search) { @($Search | ForEach-Object { Invoke-Api -Path "/searches/$_" }) } else { @(Get-Search) }
    if (-not $searches) { Write-Output 'No search is switched on. Make one on the page /searches.' }

    $runs = foreach ($one in $searches) {
        $scan = if ($Live) {
            Invoke-Api -Method Post -Path "/searches/$($one.id)/scan"
        } else {
            (Invoke-Api -Path "/searches/$($one.id)/scans?limit=1").items | Select-Object -First 1
        }
        [pscustomobject]@{ Name = $one.name; Scan = $scan }
    }

    $until = (Get-Date).AddSeconds($TimeoutSec)
    foreach ($run in $runs) {
        if (-not $run.Scan) {
            Write-Output "$($run.Name): has not run so far"
            continue
        }
        while ($Blocking -and $run.Scan.status -eq 'running' -and (Get-Date) -lt $until) {
            Start-Sleep -Seconds 1
            $run.Scan = Invoke-Api -Path "/scans/$($run.Scan.id)"
        }
        $total = Get-Total -Scan $run.Scan
        Write-Output ("{0}: {1}, {2} found, {3} fit, {4} new, {5} changed, {6} unreadable" -f $run.Name,
            $total.status, $total.found, $total.matched, $total.new, $total.changed, $total.skipped)
        if ($run.Scan.status -eq 'failed') {
            Write-Warning "$($run.Name): $($run.Scan.error)"
            $failed++
        } elseif ($Blocking -and $run.Scan.status -eq 'running') {
            Write-Warning "$($run.Name): still running after $TimeoutSec s; it goes on without this window."
        }
    }
} catch {
    Write-Trouble "The service at $base could not be asked: $($_.Exception.Message)"
    exit 1
}
if ($failed) {
    Write-Trouble "$failed of $(@($runs).Count) runs failed."
    exit 1
}
