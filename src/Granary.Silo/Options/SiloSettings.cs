using System.Net;

namespace Granary.Silo.Options;

public enum Clustering
{
    /// <summary>One silo by itself, all state in memory.</summary>
    Localhost,

    /// <summary>Membership, grain state and reminders in a PostgreSQL database that the silos share.</summary>
    Postgres,
}

public enum StreamTransport
{
    Memory,
    Kafka,
}

/// <summary>The settings of a silo; validated by <see cref="SiloSettingsReader"/>.</summary>
public sealed record SiloSettings
{
    public string Urls { get; init; } = "http://127.0.0.1:8080";

    public Clustering Clustering { get; init; }

    /// <summary>Set with <see cref="Options.Clustering.Postgres"/>, null otherwise.</summary>
    public string? Connection { get; init; }

    public string ClusterId { get; init; } = "granary";

    public bool NewCluster { get; init; }

    public int SiloPort { get; init; } = 11111;

    public int GatewayPort { get; init; } = 30000;

    /// <summary>null = loopback for <see cref="Options.Clustering.Localhost"/>, else this machine's first address.</summary>
    public IPAddress? Advertise { get; init; }

    public StreamTransport Streams { get; init; }

    /// <summary>Set with <see cref="StreamTransport.Kafka"/>, null otherwise.</summary>
    public string? Kafka { get; init; }

    /// <summary>Settings of librdkafka from the file of --kafka-config; empty without one.</summary>
    public IReadOnlyDictionary<string, string> KafkaConfig { get; init; } = new Dictionary<string, string>();

    public string Runs { get; init; } = "runs";

    /// <summary>
    /// A folder or postgres://…; null = the database of <see cref="Connection"/>, or without one a folder of <see cref="Runs"/>.
    /// </summary>
    public string? State { get; init; }

    public string? Data { get; init; }

    public string? Plugins { get; init; }

    public string? Keys { get; init; }

    public int Threads { get; init; } = Environment.ProcessorCount;

    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
