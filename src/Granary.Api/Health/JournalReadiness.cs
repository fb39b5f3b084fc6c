using Granary.Trading.Live;

namespace Granary.Api.Health;

/// <summary>Whether the journals of the sessions of this process can be written.</summary>
internal sealed class JournalReadiness(ISessionService sessions) : IReadinessCheck
{
    public string Name => "journals";

    public async ValueTask<string?> CheckAsync(CancellationToken cancellationToken)
    {
        var views = await sessions.ListAsync(cancellationToken).ConfigureAwait(false);
        string[] faults = [.. views.Where(v => v.IsRunning && v.Status?.JournalFault is not null)
            .Select(v => $"{v.Id}: {v.Status!.JournalFault}")];
        return faults.Length == 0 ? null : string.Join("; ", faults);
    }
}
