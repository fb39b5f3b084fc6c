namespace Granary.Silo.Options;

/// <summary>An option of a silo, on the command line or as an environment variable of the same name.</summary>
/// <param name="Name">As on the command line, without the dashes.</param>
/// <param name="Value">What stands for its value in the help; null for a switch.</param>
/// <param name="Default">null = none.</param>
public sealed record SiloOption(string Name, string? Value, string? Default, string Description)
{
    /// <summary>As <c>GRANARY_CLUSTER_ID</c>.</summary>
    public string Variable => "GRANARY_" + Name.ToUpperInvariant().Replace('-', '_');

    public static IReadOnlyList<SiloOption> All { get; } =
    [
        new("urls", "URLS", "http://127.0.0.1:8080", "where the HTTP API listens; beyond loopback only with --keys"),
        new("clustering", "localhost|postgres", "localhost",
            "one silo on this machine that forgets when it ends, or silos that share a database"),
        new("connection", "TEXT", null,
            "the PostgreSQL database of --clustering postgres, as Host=db;Database=granary;Username=…;Password=…"),
        new("cluster-id", "NAME", "granary", "silos of one database and one name form a cluster"),
        new("new-cluster", null, null, "agree to found another cluster beside one that lives in the same database"),
        new("silo-port", "PORT", "11111", "where other silos connect"),
        new("gateway-port", "PORT", "30000", "where clients inside the cluster's network connect"),
        new("advertise", "ADDRESS", null, "the IP address that the other silos reach this one by (this machine's own)"),
        new("streams", "memory|kafka", "memory", "what carries blocks between silos"),
        new("kafka", "HOST:PORT,…", null, "the brokers of --streams kafka"),
        new("kafka-config", "FILE", null, "settings of librdkafka for them, a line name=value each, as security.protocol=SASL_SSL"),
        new("runs", "DIR", "runs", "folder of the runs"),
        new("state", "DIR|postgres://…", null,
            "where the journals of live accounts are (the database of --connection; without one a folder of --runs)"),
        new("data", "DIR", null, "folder that submitted batches find their files in, and out of which they cannot lead (anywhere, relative "
            + "to the working directory)"),
        new("plugins", "DIR", null, "folder of assemblies with strategies and factors of your own"),
        new("keys", "FILE", null, "file of API keys, as 'granary keys add' writes it"),
        new("threads", "N", null, "how many strategies' turns run at once (the number of processors)"),
        new("start-timeout", "SECONDS", "60", "how long to try to reach the database and to join the cluster"),
        new("drain-timeout", "SECONDS", "30", "how long a stop waits for what is under way"),
    ];
}
