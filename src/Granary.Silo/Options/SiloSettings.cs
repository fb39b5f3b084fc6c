using System.Net;
using Granary.Api;
using Granary.Api.Access;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Server.Operations;
using Granary.Simulation.Batches;
using Granary.Simulation.Models;

namespace Granary.Silo.Options;

internal enum Clustering
{
    /// <summary>One silo by itself, all state in memory.</summary>
    Localhost,

    /// <summary>Membership, grain state and reminders in a PostgreSQL database that the silos share.</summary>
    Postgres,
}

/// <summary>Transport of a batch's blocks of bars from the feeds to the silos.</summary>
internal enum StreamTransport
{
    /// <summary>Streams in the memory of the silos.</summary>
    Memory,

    /// <summary>Streams over Kafka or Redpanda.</summary>
    Kafka,
}

/// <summary>
/// The settings of a silo. Command line, environment and help take the options from here; <see cref="SiloSettingsValidator"/> checks them.
/// </summary>
internal sealed record SiloSettings
{
    [Key("where the HTTP API listens; beyond loopback only with --keys or --oidc-authority", Placeholder = "URLS")]
    public string Urls { get; init; } = "http://127.0.0.1:8080";
    [Key("of https addresses: a PFX file, or a PEM file with --certificate-key", Placeholder = "FILE")]
    public string? Certificate { get; init; }
    [Key("the PEM file of the certificate's private key", Placeholder = "FILE")]
    public string? CertificateKey { get; init; }
    [Key("a file with the password of the private key (the variable GRANARY_CERTIFICATE_PASSWORD)", Placeholder = "FILE")]
    public string? CertificatePasswordFile { get; init; }
    [Key("TLS between silos: a PFX file, or a PEM file with --cluster-certificate-key; for all silos of the cluster or none",
        Placeholder = "FILE")]
    public string? ClusterCertificate { get; init; }
    [Key("the PEM file of the private key of --cluster-certificate", Placeholder = "FILE")]
    public string? ClusterCertificateKey { get; init; }
    [Key("a file with the password of that key (the variable GRANARY_CLUSTER_CERTIFICATE_PASSWORD)", Placeholder = "FILE")]
    public string? ClusterCertificatePasswordFile { get; init; }
    [Key("with --cluster-certificate: a PEM file with the authorities that must have issued the certificates of other silos "
        + "and of Orleans clients", Placeholder = "FILE")]
    public string? ClusterAuthority { get; init; }
    [Key("one silo on this machine that forgets when it ends, or silos that share a database", Placeholder = "localhost|postgres")]
    public Clustering Clustering { get; init; }

    /// <summary>Set with <see cref="Options.Clustering.Postgres"/>, null otherwise.</summary>
    [Key("the PostgreSQL database of --clustering postgres, as Host=db;Database=granary;Username=…;Password=…", Placeholder = "TEXT")]
    public string? Connection { get; init; }
    [Key("silos of one database and one name form a cluster", Placeholder = "NAME")]
    public string ClusterId { get; init; } = "granary";
    [Key("agree to found another cluster beside one that lives in the same database")]
    public bool NewCluster { get; init; }
    [Key("where other silos connect", Placeholder = "PORT"), Range(1, 65535)]
    public int SiloPort { get; init; } = 11111;
    [Key("where clients inside the cluster's network connect", Placeholder = "PORT"), Range(1, 65535)]
    public int GatewayPort { get; init; } = 30000;

    /// <summary>null = <see cref="SiloAddress"/> follows from the other settings.</summary>
    [Key("the IP address of the silo's and the gateway's port, by which other silos reach this one (loopback where --urls "
        + "has no other address, else this machine's own)", Placeholder = "ADDRESS")]
    public IPAddress? Advertise { get; init; }

    /// <summary>IP address on which the silo port and the gateway port listen; null = this machine's first network address.</summary>
    public IPAddress? SiloAddress =>
        Advertise ?? (Clustering == Clustering.Localhost || ListenAddresses.AreOfThisMachine(Urls) ? IPAddress.Loopback : null);
    [Key("the silo runs in a pod of Kubernetes, and silos whose pods are deleted count as dead; its name is that of the pod (the "
        + "variables POD_NAME and POD_NAMESPACE)")]
    public bool Kubernetes { get; init; }
    [Key("what the silo does: api (HTTP, besides probes and metrics), compute (batches and other jobs), sessions (live "
        + "accounts)", Placeholder = "ROLE,…")]
    public SiloRoles Roles { get; init; } = SiloRolesText.All;
    [Key("streams that carry blocks to the silos", Placeholder = "memory|kafka")]
    public StreamTransport Streams { get; init; }

    /// <summary>Set with <see cref="StreamTransport.Kafka"/>, null otherwise.</summary>
    [Key("the brokers of --streams kafka", Placeholder = "HOST:PORT,…")]
    public string? Kafka { get; init; }

    /// <summary>Settings of librdkafka from the file of --kafka-config; empty without one.</summary>
    [Key("settings of librdkafka for them, a line name=value each, as security.protocol=SASL_SSL", Placeholder = "FILE")]
    public IReadOnlyDictionary<string, string> KafkaConfig { get; init; } = new Dictionary<string, string>();
    [Key("folder of the runs", Placeholder = "DIR")]
    public string Runs { get; init; } = "runs";

    /// <summary>null = for ever.</summary>
    [Key("how long batches and jobs are kept after their end, with their folders and idempotency keys (for ever)",
        Placeholder = "DAYS"), Range(1, 36_500)]
    public int? KeepRuns { get; init; }

    /// <summary>null = never.</summary>
    [Key("refuse new jobs, and calls of Orleans clients, while more of the memory that the process may use is used (never)",
        Placeholder = "PERCENT"), Range(1, 99)]
    public int? ShedMemory { get; init; }

    /// <summary>
    /// A folder or postgres://…; null = the database of <see cref="Connection"/>, or without one a folder of <see cref="Runs"/>.
    /// </summary>
    [Key("where the journals of live accounts are (the database of --connection; without one a folder of --runs)",
        Placeholder = "DIR|postgres://…")]
    public string? State { get; init; }
    [Key("folder that submitted batches find their files in, and out of which they cannot lead (anywhere, relative to the "
        + "working directory)", Placeholder = "DIR")]
    public string? Data { get; init; }
    [Key("with --data: sources that callers may name besides, as postgres;kafka://broker:9092/bars", Placeholder = "SCHEME|ADDRESS;…")]
    public IReadOnlyList<string> AllowSource { get; init; } = [];
    [Key("the registry of models (the folder models of --data)", Placeholder = "DIR|postgres://…")]
    public string? Models { get; init; }
    [Key("whether silos only show which version of a model should be in use, or promote and roll back themselves",
        Placeholder = "advise|apply")]
    public ModelDecisions ModelDecisions { get; init; }
    [Key("the store of deployments (the folder deployments of --data)", Placeholder = "DIR|postgres://…")]
    public string? Deployments { get; init; }
    [Key("requests a second that each key may send", Placeholder = "N"), Range(1, 1_000_000)]
    public int RateLimit { get; init; } = 5_000;
    [Key("bars times strategies that each key may have queued, in billions", Placeholder = "N"), Range(1, 1_000_000_000)]
    public int WorkLimit { get; init; } = 10_000;
    [Key("folder of assemblies with strategies and factors of your own", Placeholder = "DIR")]
    public string? Plugins { get; init; }
    [Key("compile and run the C# files of batches; they can do what this process can")]
    public bool AllowCode { get; init; }
    [Key("also serve assistants at /mcp; needs --data")]
    public bool Mcp { get; init; }
    [Key("file of channels and of the rules that notify them (no notifications)", Placeholder = "FILE")]
    public string? Notifications { get; init; }
    [Key("file of API keys, as 'granary keys add' writes it", Placeholder = "FILE")]
    public string? Keys { get; init; }

    /// <summary>The options of sign-in and of reverse proxies, which <c>granary serve</c> has too.</summary>
    public SignInKeys SignIn { get; } = new();

    [Key("serve the dashboard of Orleans at /orleans, whose data need the role admin; for all silos of the cluster or none, since it "
        + "measures each call of a grain")]
    public bool OrleansDashboard { get; init; }

    /// <summary>null = the number of processors.</summary>
    [Key("how many strategies' turns run at once (the number of processors)", Placeholder = "N"), Range(1, 1024)]
    public int? Threads { get; init; }
    [Key("how long a strategy may take for one block of bars; then its batch fails, and the silo ends with exit code 1",
        Placeholder = "SECONDS"), Range(1, 86_400)]
    public TimeSpan StrategyDeadline { get; init; } = StrategyWatch.DefaultDeadline;
    [Key("how long to try to reach the database and to join the cluster", Placeholder = "SECONDS"), Range(1, 3600)]
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);
    [Key("a silo that leaves the probes of others unanswered for so long is declared dead; longer for machines that stall",
        Placeholder = "SECONDS"), Range(3, 600)]
    public TimeSpan FailureTimeout { get; init; } = TimeSpan.FromSeconds(3);
    [Key("how long a stop waits for what is under way", Placeholder = "SECONDS"), Range(0, 3600)]
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
