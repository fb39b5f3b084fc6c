using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Telemetry;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Batches;

/// <summary>Polls all silos of a cluster without waiting for those that do not answer.</summary>
/// <param name="poll">Asks a silo for the status of the run's strategy groups.</param>
/// <param name="answered">Called when an answer has come.</param>
internal sealed class SiloPolls(GrainSettings settings, TimeProvider clock, Func<SiloAddress, CancellationToken, Task<ComputeStatus>> poll,
    Action answered)
{
    /// <summary>Longest time for an answer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly Dictionary<SiloAddress, SiloView> _views = [];
    private bool _hurried;

    public IReadOnlyDictionary<SiloAddress, SiloView> Views => _views;

    /// <summary>Makes the next call ask all silos, also those that were asked just now.</summary>
    public void Hurry() => _hurried = true;

    /// <summary>Asks each silo that was not asked just now.</summary>
    public void Ask(IReadOnlyDictionary<SiloAddress, ClusterMember> members)
    {
        foreach (var gone in _views.Keys.Where(s => LostCall.IsOf(members, s)).ToList()) _views.Remove(gone);
        // In the order of their addresses, not of hashes, which differ from process to process.
        foreach (var (silo, member) in members.OrderBy(m => m.Key))
        {
            if (member.Status != SiloStatus.Active && !_views.ContainsKey(silo)) continue;
            if (!_views.TryGetValue(silo, out var view)) _views[silo] = view = new SiloView(settings.SiloTimeout, clock);
            if (view.Asking is { IsCompleted: false }) continue;
            if (!_hurried && view.SentAt is { } sent && clock.GetElapsedTime(sent) < settings.Tick) continue;
            view.SentAt = clock.GetTimestamp();
            view.Asking = AskAsync(silo, view);
        }
        _hurried = false;
    }

    private async Task AskAsync(SiloAddress silo, SiloView view)
    {
        try
        {
            var at = clock.GetTimestamp();
            view.Answer = await Untraced.CallAsync(() => TimedCall.CallAsync(stop => poll(silo, stop), Timeout, clock));
            view.AskedAt = at;
            view.AnsweredAt = clock.GetTimestamp();
            view.Fresh = true;
            answered();
        }
        catch (Exception e) when (LostCall.Is(e))
        {
            // The membership or a timeout decides whether the silo is lost.
        }
    }
}
