using System.Collections.Immutable;

namespace Granary.Silo.Clustering;

/// <summary>The members of the cluster by the names of their pods, for Orleans' agent for Kubernetes.</summary>
/// <remarks>
/// The agent compares names of pods with names of silos, but the name of a silo ends with its roles. It takes the first member of a name,
/// but a pod of a StatefulSet has the name of the pod before it, so dead members are left out.
/// </remarks>
internal sealed class PodMembership(IClusterMembershipService members) : IClusterMembershipService
{
    public ClusterMembershipSnapshot CurrentSnapshot
    {
        get
        {
            var snapshot = members.CurrentSnapshot;
            var living = snapshot.Members.Values.Where(m => m.Status != SiloStatus.Dead);
            return new(living.ToImmutableDictionary(m => m.SiloAddress, m => new ClusterMember(m.SiloAddress, m.Status, PodOf(m.Name))),
                snapshot.Version);
        }
    }

    /// <remarks>To the agent an update is only the sign to read <see cref="CurrentSnapshot"/>.</remarks>
    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => members.MembershipUpdates;

    public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) =>
        members.Refresh(minimumVersion, cancellationToken);

    public Task<bool> TryKill(SiloAddress siloAddress) => members.TryKill(siloAddress);

    // The names of pods that KubernetesPod accepts have no dot.
    private static string PodOf(string silo) => silo.Split('.')[0];
}
