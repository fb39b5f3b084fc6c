using System.Reflection;
using System.Text;
using Npgsql;

namespace Granary.Postgres.Migrations;

/// <summary>One PostgreSQL schema of Granary's database: its name and the scripts that create its tables.</summary>
/// <param name="Name">Name of the schema; also the folder of the scripts in infra/sql.</param>
/// <param name="Scripts">In the order of their numbers.</param>
internal sealed record DatabaseSchema(string Name, IReadOnlyList<Migration> Scripts)
{
    /// <summary>Markets and bars.</summary>
    public static DatabaseSchema Bars { get; } = Load("bars");

    /// <summary>Membership, grain state and reminders of the cluster; Orleans reads these tables.</summary>
    public static DatabaseSchema Cluster { get; } = Load("cluster");

    /// <summary>Journals of accounts.</summary>
    public static DatabaseSchema Journal { get; } = Load("journal");

    /// <summary>Model versions.</summary>
    public static DatabaseSchema Models { get; } = Load("models");

    /// <summary>Production configurations and their history.</summary>
    public static DatabaseSchema Deployments { get; } = Load("deployments");

    /// <summary>Notifications that wait for their channels.</summary>
    public static DatabaseSchema Notifications { get; } = Load("notifications");

    /// <summary>All schemas of Granary.</summary>
    public static IReadOnlyList<DatabaseSchema> All { get; } = [Bars, Cluster, Journal, Models, Deployments, Notifications];

    /// <summary>Makes unqualified table names mean the tables of this schema.</summary>
    /// <param name="connection">Connection text of Npgsql.</param>
    public string Connect(string connection) => new NpgsqlConnectionStringBuilder(connection) { SearchPath = Name }.ConnectionString;

    private static DatabaseSchema Load(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var scripts = new List<Migration>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(name + "/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            scripts.Add(new Migration(resource[(name.Length + 1)..], reader.ReadToEnd()));
        }
        return new DatabaseSchema(name, [.. scripts.OrderBy(s => s.Number)]);
    }
}
