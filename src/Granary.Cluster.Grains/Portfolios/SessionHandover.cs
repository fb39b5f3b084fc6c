using Granary.Cluster.Portfolios;
using Granary.Server.Operations;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>
/// A handover of a session from a silo that leaves the cluster. Another silo is prepared while the old one trades; then the old one leaves
/// the account, and the other one takes it.
/// </summary>
/// <param name="from">The silo that leaves.</param>
/// <param name="next">Epoch of the attempt that takes the session.</param>
internal sealed class SessionHandover(SiloAddress from, long next)
{
    private readonly TaskCompletionSource<bool> _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Epoch of the attempt that takes the session.</summary>
    public long Next => next;

    /// <summary>Whether the old attempt leaves the account, so the next one begins without a pause. It is read once.</summary>
    public bool IsLeft { get; set; }

    /// <summary>Completes with whether the next attempt has the account.</summary>
    public Task<bool> Taken => _taken.Task;

    /// <summary>Why the silos that were asked could not take the session.</summary>
    public string Refusal { get; private set; } = "there is none";

    public void End(bool taken) => _taken.TrySetResult(taken);

    /// <summary>Prepares the next attempt on another silo.</summary>
    /// <param name="own">The silo of the session's grain, which is asked first, since calls to itself cost nothing.</param>
    /// <returns>The silo that is ready; null if none can take the session.</returns>
    public async Task<SiloAddress?> PrepareAsync(SessionAttempt attempt, SiloAddress own, IClusterMembershipService membership,
        IGrainFactory grains, CancellationToken cancellationToken)
    {
        // Sessions of one silo go to different ones.
        var silos = membership.CurrentSnapshot.Members.Values
            .Where(m => m.Status == SiloStatus.Active && !m.SiloAddress.Equals(from)
                && SiloRolesText.Of(m.Name).HasFlag(SiloRoles.Sessions))
            .Select(m => m.SiloAddress).OrderByDescending(s => s.Equals(own))
            .ThenBy(s => StableHash.ComputeHash($"{attempt.Account}|{s.ToParsableString()}")).ToList();
        foreach (var silo in silos)
        {
            try
            {
                var successor = grains.GetGrain<ISuccessorGrain>($"{attempt.Account}|{silo.ToParsableString()}");
                await successor.PrepareAsync(attempt, cancellationToken).WaitAsync(cancellationToken);
                return silo;
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // Another silo may have the bars, the plug-ins or the time that this one has not.
                Refusal = $"{silo.Endpoint}: {e.Message.TrimEnd('.')}";
            }
        }
        return null;
    }
}
