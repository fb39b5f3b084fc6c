namespace Granary.Server.Operations;

/// <summary>Finds what needs a run, so neither a caller nor the retention removes the run.</summary>
internal interface IRunUses
{
    /// <returns>What uses the run and how to end that, one sentence; null if nothing does.</returns>
    Task<string?> FindAsync(string id, CancellationToken cancellationToken);
}
