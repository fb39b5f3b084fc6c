using System.Reflection;
using System.Text;
using Granary.Cluster.Batches;
using Granary.Testing;
using Orleans;

namespace Granary.Cluster.Tests.Contracts;

/// <summary>What travels between silos of different versions, and what is stored, is listed in a file that is checked in: a change of it is seen, and is an addition.</summary>
public sealed class WireContracts
{
    private static string Path => System.IO.Path.Combine(SharedData.RepositoryRoot, "tests", "Granary.Cluster.Tests", "Contracts", "wire-contracts.txt");

    private static IEnumerable<Type> Types => new[] { typeof(IBatchGrain).Assembly, typeof(BatchRecord).Assembly }.SelectMany(a => a.GetTypes())
        .Where(t => t.IsInterface && t.IsAssignableTo(typeof(IGrain)) || t.GetCustomAttribute<GenerateSerializerAttribute>() is not null)
        .OrderBy(t => t.FullName, StringComparer.Ordinal);

    [Fact]
    public void The_listing_of_wire_contracts_is_what_is_checked_in()
    {
        var listing = Listing();
        if (Environment.GetEnvironmentVariable("GRANARY_WRITE_CONTRACTS") == "1") File.WriteAllText(Path, listing);
        listing.ShouldBe(File.ReadAllText(Path), "a contract has changed: never change or reuse an id or an alias, only add; then write the listing anew with GRANARY_WRITE_CONTRACTS=1");
    }

    [Fact]
    public void Every_contract_has_an_alias_of_its_own_and_every_field_an_id_of_its_own()
    {
        var types = Types.ToList();
        types.ShouldAllBe(t => t.GetCustomAttribute<AliasAttribute>() != null);
        types.Select(t => t.GetCustomAttribute<AliasAttribute>()!.Alias).ShouldBeUnique();
        foreach (var type in types)
        {
            if (type.IsInterface) type.GetMethods().ShouldAllBe(m => m.GetCustomAttribute<AliasAttribute>() != null, type.Name);
            else Fields(type).Select(f => f.Id).ShouldBeUnique();
        }
    }

    private static IEnumerable<(uint Id, string Name, string Type)> Fields(Type type) =>
        type.GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(m => m is PropertyInfo or FieldInfo && m.GetCustomAttribute<IdAttribute>() is not null)
            .Select(m => (m.GetCustomAttribute<IdAttribute>()!.Id, m.Name, NameOf(m is PropertyInfo p ? p.PropertyType : ((FieldInfo)m).FieldType)))
            .OrderBy(f => f.Id);

    private static string NameOf(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
        : type.IsArray ? NameOf(type.GetElementType()!) + "[]" : type.Name;

    private static string Listing()
    {
        var text = new StringBuilder("# Grain interfaces, wire types and stored types. An id or an alias is never changed or used again.\n");
        foreach (var type in Types)
        {
            text.Append('\n').Append(type.GetCustomAttribute<AliasAttribute>()?.Alias ?? type.FullName).Append(" (").Append(type.FullName).Append(")\n");
            if (type.IsInterface)
            {
                foreach (var method in type.GetMethods().OrderBy(m => m.GetCustomAttribute<AliasAttribute>()?.Alias, StringComparer.Ordinal))
                    text.Append($"  {method.GetCustomAttribute<AliasAttribute>()?.Alias}: ({string.Join(", ", method.GetParameters().Select(p => NameOf(p.ParameterType)))}) -> {NameOf(method.ReturnType)}\n");
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
        return text.ToString();
    }
}
