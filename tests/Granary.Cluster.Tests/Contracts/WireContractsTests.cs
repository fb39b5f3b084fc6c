using System.Reflection;
using System.Text;
using Granary.Application.Jobs;
using Granary.Application.Live;
using Granary.Cluster.Batches;
using Granary.Cluster.Grains.Batches;
using Granary.Cluster.Kafka;
using Granary.Engine.Market.Feeds;
using Granary.Testing;
using Orleans;
using Orleans.Metadata;
using Orleans.Runtime;
using Orleans.Services;

namespace Granary.Cluster.Tests.Contracts;

/// <summary>
/// What travels between silos of different versions, and what is stored, is listed in a file that is checked in: a change of it is seen,
/// and is an addition.
/// </summary>
public sealed class WireContractsTests
{
    private static string Path =>
        System.IO.Path.Combine(SharedData.RepositoryRoot, "tests", "Granary.Cluster.Tests", "Contracts", "wire-contracts.txt");

    private static readonly Assembly[] Assemblies = [typeof(IBatchGrain).Assembly, typeof(BatchRecord).Assembly,
        typeof(KafkaStreamOptions).Assembly];

    /// <summary>Enumerations of rooms that know nothing of Orleans, which travel or are stored as their numbers.</summary>
    private static readonly Type[] Numbers = [typeof(JobState), typeof(SessionPhase), typeof(FeedItemKind)];

    private static IEnumerable<Type> Grains =>
        Assemblies.SelectMany(a => a.GetTypes()).Where(t => t.IsClass && !t.IsAbstract && t.IsAssignableTo(typeof(IGrainBase)))
            .OrderBy(t => t.FullName, StringComparer.Ordinal);

    private static IEnumerable<Type> Types => Assemblies.SelectMany(a => a.GetTypes())
        .Where(t => t.IsInterface && (t.IsAssignableTo(typeof(IGrain)) || t.IsAssignableTo(typeof(IGrainService)))
            || t.GetCustomAttribute<GenerateSerializerAttribute>() is not null)
        .OrderBy(t => t.FullName, StringComparer.Ordinal);

    [Fact]
    public void The_listing_of_wire_contracts_is_what_is_checked_in()
    {
        var listing = Listing();
        if (Environment.GetEnvironmentVariable("GRANARY_WRITE_CONTRACTS") == "1") File.WriteAllText(Path, listing);
        listing.ShouldBe(File.ReadAllText(Path),
            "a contract has changed: never change or reuse an id or an alias, only add; then write the listing again with "
                + "GRANARY_WRITE_CONTRACTS=1");
    }

    [Fact]
    public void Every_contract_has_an_alias_of_its_own_and_every_field_an_id_of_its_own()
    {
        var types = Types.ToList();
        types.ShouldAllBe(t => t.GetCustomAttribute<AliasAttribute>(false) != null);
        types.Select(t => t.GetCustomAttribute<AliasAttribute>(false)!.Alias).ShouldBeUnique();
        foreach (var type in types)
        {
            if (type.IsInterface) type.GetMethods().ShouldAllBe(m => m.GetCustomAttribute<AliasAttribute>(false) != null, type.Name);
            else Fields(type).Select(f => f.Id).ShouldBeUnique();
        }
        // Under its type a grain's state is stored and its reminders are kept: a class that is renamed would forget both.
        Grains.ShouldAllBe(g => g.GetCustomAttribute<GrainTypeAttribute>() != null);
        Grains.Select(IdentityOf).ShouldBeUnique();
        // The database keeps a state by its name and the grain's key, whatever the grain's type.
        Grains.SelectMany(StatesOf).Select(s => s.Split(" in ")[0]).ShouldBeUnique();
    }

    private static string IdentityOf(Type grain) => grain.GetCustomAttribute<GrainTypeAttribute>()!.GetGrainType(null!, grain).ToString()!;

    // Orleans sends no token: a call of an earlier version, which has none, is the same message.
    private static IEnumerable<ParameterInfo> SentParametersOf(MethodInfo method) =>
        method.GetParameters().Where(p => p.ParameterType != typeof(CancellationToken));

    private static IEnumerable<string> StatesOf(Type grain) => grain.GetConstructors().SelectMany(c => c.GetParameters())
        .Select(p => (State: p.GetCustomAttribute<PersistentStateAttribute>(), p.ParameterType)).Where(p => p.State is not null)
        .Select(p => $"  {p.State!.StateName} in {p.State.StorageName}: {NameOf(p.ParameterType.GetGenericArguments()[0])}");

    private static IEnumerable<(uint Id, string Name, string Type)> Fields(Type type) =>
        type.GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(m => m is PropertyInfo or FieldInfo && m.GetCustomAttribute<IdAttribute>() is not null)
            .Select(m => (m.GetCustomAttribute<IdAttribute>()!.Id, m.Name, NameOf(m is PropertyInfo p ? p.PropertyType
                : ((FieldInfo)m).FieldType)))
            .OrderBy(f => f.Id);

    private static string NameOf(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
        : type.IsArray ? NameOf(type.GetElementType()!) + "[]" : type.Name;

    private static string Listing()
    {
        var text = new StringBuilder("# Grain interfaces, wire types and stored types. An id or an alias is never changed or used "
            + "again.\n");
        foreach (var type in Types)
        {
            text.Append('\n').Append(type.GetCustomAttribute<AliasAttribute>(false)?.Alias ?? type.FullName)
                .Append(" (").Append(type.FullName).Append(")\n");
            if (type.IsInterface)
            {
                foreach (var method in type.GetMethods()
                    .OrderBy(m => m.GetCustomAttribute<AliasAttribute>(false)?.Alias, StringComparer.Ordinal))
                    text.Append(
                        $"  {method.GetCustomAttribute<AliasAttribute>(false)?.Alias}: "
                            + $"({string.Join(", ", SentParametersOf(method).Select(p => NameOf(p.ParameterType)))}) -> "
                            + $"{NameOf(method.ReturnType)}\n");
            }
            else if (type.IsEnum)
            {
                foreach (var value in Enum.GetValues(type)) text.Append($"  {Convert.ToInt64(value)}: {value}\n");
            }
            else
            {
                foreach (var (id, name, kind) in Fields(type)) text.Append($"  {id}: {name} {kind}\n");
            }
        }
        text.Append("\n# Grains: what their state and their reminders are stored under\n");
        foreach (var grain in Grains)
        {
            text.Append('\n').Append(IdentityOf(grain)).Append(" (").Append(grain.FullName).Append(")\n");
            foreach (var state in StatesOf(grain)) text.Append(state).Append('\n');
        }
        text.Append("\n# Numbers that travel or are stored for a name\n");
        foreach (var type in Numbers)
        {
            text.Append('\n').Append(type.FullName).Append('\n');
            foreach (var value in Enum.GetValues(type)) text.Append($"  {Convert.ToInt64(value)}: {value}\n");
        }
        return text.ToString();
    }
}
