using Granary.Server.Operations;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Granary.Cluster.Grains.Placement;

/// <summary>Places a grain on the silos of one role only.</summary>
/// <param name="role">The role that the silos must have.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SiloRoleAttribute(SiloRoles role) : PlacementFilterAttribute(new SiloRoleFilter(role));

/// <summary>The role that a grain's silos must have. Orleans keeps it as a property of the grain.</summary>
/// <param name="role">The role that the silos must have.</param>
internal sealed class SiloRoleFilter(SiloRoles role) : PlacementFilterStrategy(order: 0)
{
    private const string Property = "role";

    public SiloRoleFilter() : this(SiloRoles.None)
    {
    }

    public SiloRoles Role { get; private set; } = role;

    public static void Add(IServiceCollection services) =>
        services.AddPlacementFilter<SiloRoleFilter, SiloRoleDirector>(ServiceLifetime.Transient);

    public override void AdditionalInitialize(GrainProperties properties) =>
        Role = Enum.Parse<SiloRoles>(GetPlacementFilterGrainProperty(Property, properties)!);

    protected override IEnumerable<KeyValuePair<string, string>> GetAdditionalGrainProperties(IServiceProvider services, Type grainClass,
        GrainType grainType, IReadOnlyDictionary<string, string> existingProperties) => [new(Property, Role.ToString())];
}

internal sealed class SiloRoleDirector(IClusterMembershipService membership, SiloDeparture departure, ILocalSiloDetails local)
    : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var role = ((SiloRoleFilter)filterStrategy).Role;
        var members = membership.CurrentSnapshot.Members;
        var own = silos.Where(s => members.TryGetValue(s, out var m) && SiloRolesText.Of(m.Name).HasFlag(role)).ToArray();
        // A silo that shuts down places nothing on itself if another one can take it.
        if (departure.HasBegun && own.Where(s => !s.Equals(local.SiloAddress)).ToArray() is { Length: > 0 } others) return others;
        return own.Length > 0 ? own : throw new SiloUnavailableException(
            $"no silo of the cluster has the role {SiloRolesText.Word(role)}; start one with --roles {SiloRolesText.Word(role)}");
    }
}
