<#
.SYNOPSIS
Shows the log of one service of the compose stack, only the lines that match, and follows it if wanted.

.PARAMETER Service
Which container: app, postgres or redis.

.PARAMETER Match
A regular expression; lines that it does not fit are left out. An empty one shows all.

.PARAMETER Lines
How many lines back it begins.

.PARAMETER Follow
Go on with what comes, until Ctrl-C.

.EXAMPLE
scripts\win\logs.ps1

.EXAMPLE
scripts\win\logs.ps1 -Match entrypoint

.EXAMPLE
scripts\win\logs.ps1 -Service postgres -Match 'error|fatal' -Follow
#>
[CmdletBinding()]
param(
    [ValidateSet('app', 'postgres', 'redis')]
    [string] $Service = 'app',
    [AllowEmptyString()]
    [string] $Match = 'scan|health|error|warn',
    [ValidateRange(1, 1000000)]
    [int] $Lines = 200,
    [switch] $Follow
)

. (Join-Path $PSScriptRoot 'stack.ps1')

$arguments = @('logs', '--tail', "$Lines")
if ($Follow) { $arguments += '--follow' }
$arguments += $Service

try {
    # The program writes its log to standard error; both streams are looked through.
    $ErrorActionPreference = 'Continue'
    Invoke-Compose -Arguments $arguments 2>&1 | ForEach-Object { "$_" } | Where-Object { $_ -match $Match }
} catch {
    Write-Error $_ -ErrorAction Continue
    exit 1
}
