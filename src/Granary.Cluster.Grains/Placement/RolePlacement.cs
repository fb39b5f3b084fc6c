using System.Collections.Frozen;
using Granary.Server.Operations;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Granary.Cluster.Grains.Placement;

/// <summary>Leaves to Orleans' placement directors only the silos that have the role of the grain.</summary>
internal sealed class RolePlacement(IPlacementDirector inner, IServiceProvider services) : IPlacementDirector
{
    // The others are on any silo, or where their key or their caller is.
    private static readonly FrozenDictionary<string, SiloRoles> s_roles = new Dictionary<string, SiloRoles>(StringComparer.Ordinal)
    {
        ["batch"] = SiloRoles.Compute,
        ["reporting"] = SiloRoles.Compute,
        ["session"] = SiloRoles.Sessions,
        ["portfolio"] = SiloRoles.Sessions,
        ["weights"] = SiloRoles.Sessions,
        ["order"] = SiloRoles.Sessions,
        ["livefeed"] = SiloRoles.Sessions,
    }.ToFrozenDictionary();

    // Not known yet while the silo is made.
    private IClusterMembershipService? _membership;

    /// <summary>Puts itself before the directors of Orleans.</summary>
    public static void Add(IServiceCollection services) =>
        WrappedDirectors.Add(services, [typeof(PreferLocalPlacement), typeof(RandomPlacement), typeof(ResourceOptimizedPlacement)],
            static (inner, s) => new RolePlacement(inner, s));

    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
        inner.OnAddActivation(strategy, target, s_roles.TryGetValue(target.GrainIdentity.Type.ToString()!, out var role)
            ? new SilosOfRole(context, role, _membership ??= services.GetRequiredService<IClusterMembershipService>()) : context);

    private sealed class SilosOfRole(IPlacementContext all, SiloRoles role, IClusterMembershipService membership) : IPlacementContext
    {
        public SiloAddress LocalSilo => all.LocalSilo;

        public SiloStatus LocalSiloStatus => all.LocalSiloStatus;

        public SiloAddress[] GetCompatibleSilos(PlacementTarget target) => Of(all.GetCompatibleSilos(target));

        public IReadOnlyDictionary<ushort, SiloAddress[]> GetCompatibleSilosWithVersions(PlacementTarget target) =>
            all.GetCompatibleSilosWithVersions(target).ToDictionary(v => v.Key, v => Of(v.Value));

        private SiloAddress[] Of(SiloAddress[] silos)
        {
            var members = membership.CurrentSnapshot.Members;
            var own = Array.FindAll(silos, s => members.TryGetValue(s, out var m) && SiloRolesText.Of(m.Name).HasFlag(role));
            return own.Length > 0 ? own : throw new SiloUnavailableException(
                $"no silo of the cluster has the role {SiloRolesText.Word(role)}; start one with --roles {SiloRolesText.Word(role)}");
        }
    }
}
