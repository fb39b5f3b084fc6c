using System.Reflection;
using System.Text;
using Npgsql;

namespace Granary.Storage.Migrations;

/// <summary>One PostgreSQL schema of Granary's database: its name and the scripts that create its tables.</summary>
/// <param name="Name">Name of the schema; also the folder of the scripts in infra/sql.</param>
/// <param name="Scripts">In the order of their numbers.</param>
/// <param name="Earlier">What Granary 0.1 kept outside of the schema; null for a schema that did not exist then.</param>
public sealed record DatabaseSchema(string Name, IReadOnlyList<Migration> Scripts, EarlierLayout? Earlier)
{
    /// <summary>Markets and bars.</summary>
    public static DatabaseSchema Bars { get; } = Load("bars", new EarlierLayout(2, "granary_market", "granary_migration"));

    /// <summary>Membership, grain state and reminders of the cluster; Orleans reads these tables.</summary>
    public static DatabaseSchema Cluster { get; } = Load("cluster", new EarlierLayout(4, "cluster_member", "granary_migration"));

    /// <summary>Journals of accounts.</summary>
    public static DatabaseSchema Journal { get; } = Load("journal", new EarlierLayout(2, "granary_journal", "granary_journal_migration"));

    /// <summary>Model versions.</summary>
    public static DatabaseSchema Models { get; } = Load("models", new EarlierLayout(1, "granary_model_version", null));

    /// <summary>Production configurations and their history.</summary>
    public static DatabaseSchema Deployments { get; } = Load("deployments", null);

    /// <summary>Notifications that wait for their webhooks.</summary>
    public static DatabaseSchema Notifications { get; } = Load("notifications", null);

    /// <summary>All schemas of Granary.</summary>
    public static IReadOnlyList<DatabaseSchema> All { get; } = [Bars, Cluster, Journal, Models, Deployments, Notifications];

    /// <summary>Makes unqualified table names mean the tables of this schema.</summary>
    /// <param name="connection">Connection text of Npgsql.</param>
    public string Connect(string connection)
    {
        var settings = new NpgsqlConnectionStringBuilder(connection);
        // The places of before stay on the path, so that the runner finds the tables of an earlier version there.
        settings.SearchPath = $"{Name}, {(string.IsNullOrWhiteSpace(settings.SearchPath) ? "\"$user\", public" : settings.SearchPath)}";
        return settings.ConnectionString;
    }

    private static DatabaseSchema Load(string name, EarlierLayout? earlier)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var scripts = new List<Migration>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(name + "/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            scripts.Add(new Migration(resource[(name.Length + 1)..], reader.ReadToEnd()));
        }
        return new DatabaseSchema(name, [.. scripts.OrderBy(s => s.Number)], earlier);
    }
}

/// <summary>How a schema's tables lay in the default schema of the database before each concern had a schema of its own.</summary>
/// <param name="Last">Number of the last script that was applied there.</param>
/// <param name="Witness">A table that shows that the others beside it are Granary's.</param>
/// <param name="Record">The table that listed the applied scripts; null where there was none.</param>
public sealed record EarlierLayout(int Last, string Witness, string? Record);
