using System.Reflection;
using Granary.Cluster.Batches;
using Granary.Cluster.Grains.Batches;
using Granary.Cluster.Kafka;
using Orleans.Metadata;
using Orleans.Runtime;
using Orleans.Services;

namespace Granary.Cluster.Tests.Contracts;

/// <summary>The names and ids under which grains, messages and stored states are known.</summary>
public sealed class WireContractsTests
{
    private static readonly Assembly[] Assemblies = [typeof(IJobGrain).Assembly, typeof(BatchRecord).Assembly,
        typeof(KafkaStreamOptions).Assembly];

    [Fact]
    public void Every_contract_has_an_alias_of_its_own_and_every_field_an_id_of_its_own()
    {
        var types = Assemblies.SelectMany(a => a.GetTypes()).Where(t =>
            t.IsInterface && (t.IsAssignableTo(typeof(IGrain)) || t.IsAssignableTo(typeof(IGrainService)))
            || t.GetCustomAttribute<GenerateSerializerAttribute>() is not null).ToList();
        types.ShouldAllBe(t => t.GetCustomAttribute<AliasAttribute>(false) != null);
        types.Select(t => t.GetCustomAttribute<AliasAttribute>(false)!.Alias).ShouldBeUnique();
        foreach (var type in types)
        {
            if (type.IsInterface) type.GetMethods().Select(m => m.GetCustomAttribute<AliasAttribute>(false)?.Alias).ShouldBeUnique();
            else IdsOf(type).ShouldBeUnique();
        }
    }

    [Fact]
    public void Every_grain_and_every_stored_state_has_a_name_of_its_own()
    {
        var grains = Assemblies.SelectMany(a => a.GetTypes())
            .Where(t => t.IsClass && !t.IsAbstract && t.IsAssignableTo(typeof(IGrainBase))).ToList();
        // Under its type a grain's state is stored and its reminders are kept: a class that is renamed would lose both.
        grains.ShouldAllBe(g => g.GetCustomAttribute<GrainTypeAttribute>() != null);
        grains.Select(g => g.GetCustomAttribute<GrainTypeAttribute>()!.GetGrainType(null!, g).ToString()).ShouldBeUnique();
        // The database keeps a state by its name and the grain's key, whatever the grain's type.
        grains.SelectMany(g => g.GetConstructors()).SelectMany(c => c.GetParameters())
            .Select(p => p.GetCustomAttribute<PersistentStateAttribute>()).OfType<PersistentStateAttribute>()
            .Select(s => s.StateName).ShouldBeUnique();
    }

    private static IEnumerable<uint> IdsOf(Type type) =>
        type.GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Select(m => m.GetCustomAttribute<IdAttribute>()).OfType<IdAttribute>().Select(i => i.Id);
}
