using System.Net;
using Granary.Api.Access;
using Granary.Server.Operations;
using Granary.Simulation.Batches;
using Granary.Simulation.Models;

namespace Granary.Silo.Options;

public enum Clustering
{
    /// <summary>One silo by itself, all state in memory.</summary>
    Localhost,

    /// <summary>Membership, grain state and reminders in a PostgreSQL database that the silos share.</summary>
    Postgres,
}

/// <summary>Transport of a batch's blocks of bars from the feeds to the silos.</summary>
public enum StreamTransport
{
    /// <summary>Streams in the memory of the silos.</summary>
    Memory,

    /// <summary>Streams over Kafka or Redpanda.</summary>
    Kafka,
}

/// <summary>
/// The settings of a silo. Command line, environment and help take the options from here; <see cref="SiloSettingsValidator"/> checks them.
/// </summary>
public sealed record SiloSettings
{
    [Setting("URLS", "where the HTTP API listens; beyond loopback only with --keys")]
    public string Urls { get; init; } = "http://127.0.0.1:8080";
    [Setting("FILE", "of https addresses: a PFX file, or a PEM file with --certificate-key")]
    public string? Certificate { get; init; }
    [Setting("FILE", "the PEM file of the certificate's private key")]
    public string? CertificateKey { get; init; }
    [Setting("FILE", "a file with the password of the private key (the variable GRANARY_CERTIFICATE_PASSWORD)")]
    public string? CertificatePasswordFile { get; init; }
    [Setting("FILE", "TLS between silos: a PFX file, or a PEM file with --cluster-certificate-key; for all silos of the cluster or none")]
    public string? ClusterCertificate { get; init; }
    [Setting("FILE", "the PEM file of the private key of --cluster-certificate")]
    public string? ClusterCertificateKey { get; init; }
    [Setting("FILE", "a file with the password of that key (the variable GRANARY_CLUSTER_CERTIFICATE_PASSWORD)")]
    public string? ClusterCertificatePasswordFile { get; init; }
    [Setting("FILE", "with --cluster-certificate: a PEM file with the authorities that must have issued the certificates of other silos "
        + "and of Orleans clients")]
    public string? ClusterAuthority { get; init; }
    [Setting("localhost|postgres", "one silo on this machine that forgets when it ends, or silos that share a database")]
    public Clustering Clustering { get; init; }

    /// <summary>Set with <see cref="Options.Clustering.Postgres"/>, null otherwise.</summary>
    [Setting("TEXT", "the PostgreSQL database of --clustering postgres, as Host=db;Database=granary;Username=…;Password=…")]
    public string? Connection { get; init; }
    [Setting("NAME", "silos of one database and one name form a cluster")]
    public string ClusterId { get; init; } = "granary";
    [Setting(null, "agree to found another cluster beside one that lives in the same database")]
    public bool NewCluster { get; init; }
    [Setting("PORT", "where other silos connect", Least = 1, Most = 65535)]
    public int SiloPort { get; init; } = 11111;
    [Setting("PORT", "where clients inside the cluster's network connect", Least = 1, Most = 65535)]
    public int GatewayPort { get; init; } = 30000;

    /// <summary>null = <see cref="SiloAddress"/> follows from the other settings.</summary>
    [Setting("ADDRESS", "the IP address of the silo's and the gateway's port, by which other silos reach this one (loopback where --urls "
        + "has no other address, else this machine's own)")]
    public IPAddress? Advertise { get; init; }

    /// <summary>IP address on which the silo port and the gateway port listen; null = this machine's first network address.</summary>
    public IPAddress? SiloAddress =>
        Advertise ?? (Clustering == Clustering.Localhost || ListenAddresses.AreOfThisMachine(Urls) ? IPAddress.Loopback : null);
    [Setting("ROLE,…", "what the silo does: api (HTTP, besides probes and metrics), compute (batches and other jobs), sessions (live "
        + "accounts)")]
    public SiloRoles Roles { get; init; } = SiloRolesText.All;
    [Setting("memory|kafka", "streams that carry blocks to the silos")]
    public StreamTransport Streams { get; init; }

    /// <summary>Set with <see cref="StreamTransport.Kafka"/>, null otherwise.</summary>
    [Setting("HOST:PORT,…", "the brokers of --streams kafka")]
    public string? Kafka { get; init; }

    /// <summary>Settings of librdkafka from the file of --kafka-config; empty without one.</summary>
    [Setting("FILE", "settings of librdkafka for them, a line name=value each, as security.protocol=SASL_SSL")]
    public IReadOnlyDictionary<string, string> KafkaConfig { get; init; } = new Dictionary<string, string>();
    [Setting("DIR", "folder of the runs")]
    public string Runs { get; init; } = "runs";

    /// <summary>null = for ever.</summary>
    [Setting("DAYS", "how long batches and jobs are kept after their end, with their folders and idempotency keys (for ever)", Least = 1,
        Most = 36_500)]
    public int? KeepRuns { get; init; }

    /// <summary>null = never.</summary>
    [Setting("PERCENT", "refuse new jobs, and calls of Orleans clients, while more of the memory that the process may use is used (never)",
        Least = 1, Most = 99)]
    public int? ShedMemory { get; init; }

    /// <summary>
    /// A folder or postgres://…; null = the database of <see cref="Connection"/>, or without one a folder of <see cref="Runs"/>.
    /// </summary>
    [Setting("DIR|postgres://…",
        "where the journals of live accounts are (the database of --connection; without one a folder of --runs)")]
    public string? State { get; init; }
    [Setting("DIR", "folder that submitted batches find their files in, and out of which they cannot lead (anywhere, relative to the "
        + "working directory)")]
    public string? Data { get; init; }
    [Setting("SCHEME|ADDRESS;…", "with --data: sources that callers may name besides, as postgres;kafka://broker:9092/bars")]
    public IReadOnlyList<string> AllowSource { get; init; } = [];
    [Setting("DIR|postgres://…", "the registry of models (the folder models of --data)")]
    public string? Models { get; init; }
    [Setting("advise|apply", "whether silos only show which version of a model should be in use, or promote and roll back themselves")]
    public ModelDecisions ModelDecisions { get; init; }
    [Setting("DIR|postgres://…", "the store of deployments (the folder deployments of --data)")]
    public string? Deployments { get; init; }
    [Setting("N", "requests a second that each key may send", Least = 1, Most = 1_000_000)]
    public int RateLimit { get; init; } = 5_000;
    [Setting("N", "bars times strategies that each key may have queued, in billions", Least = 1, Most = 1_000_000_000)]
    public int WorkLimit { get; init; } = 10_000;
    [Setting("DIR", "folder of assemblies with strategies and factors of your own")]
    public string? Plugins { get; init; }
    [Setting("FILE", "file of webhooks and of the rules that notify them (no notifications)")]
    public string? Notifications { get; init; }
    [Setting("FILE", "file of API keys, as 'granary keys add' writes it")]
    public string? Keys { get; init; }

    /// <summary>null = the number of processors.</summary>
    [Setting("N", "how many strategies' turns run at once (the number of processors)", Least = 1, Most = 1024)]
    public int? Threads { get; init; }
    [Setting("SECONDS", "how long a strategy may take for one block of bars; then its batch fails, and the silo ends with exit code 1",
        Least = 1, Most = 86_400)]
    public TimeSpan StrategyDeadline { get; init; } = StrategyWatch.DefaultDeadline;
    [Setting("SECONDS", "how long to try to reach the database and to join the cluster", Least = 1, Most = 3600)]
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);
    [Setting("SECONDS", "a silo that leaves the probes of others unanswered for so long is declared dead; longer for machines that stall",
        Least = 3, Most = 600)]
    public TimeSpan FailureTimeout { get; init; } = TimeSpan.FromSeconds(3);
    [Setting("SECONDS", "how long a stop waits for what is under way", Least = 0, Most = 3600)]
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
