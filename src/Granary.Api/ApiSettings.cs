using System.ComponentModel.DataAnnotations;
using System.Net;
using Granary.Server.Access;
using Granary.Server.Audit;
using Granary.Simulation.Catalogues;
using Granary.Storage.Addresses;

namespace Granary.Api;

/// <summary>Settings of the HTTP API's server; <see cref="Hosting.GranaryApi"/> refuses values out of range.</summary>
internal sealed record ApiSettings
{
    /// <summary>Prefix of all paths of the API.</summary>
    public const string Prefix = "/api/v1";

    /// <summary>The number that client and server compare; it changes when an old client could misread a new server.</summary>
    public const string ProtocolVersion = "1";

    /// <summary>The page at which a browser begins to sign in.</summary>
    public const string SignInPath = "/sign-in";

    /// <summary>Header that carries <see cref="ProtocolVersion"/> both ways.</summary>
    public const string ProtocolHeader = "Granary-Api";

    /// <summary>The API keys; null = no keys. With neither keys nor <see cref="SignIn"/>, only this machine may call, and every caller may
    /// do everything.</summary>
    public ApiKeys? Keys { get; init; }

    /// <summary>Sign-in of people by OpenID Connect; null = none.</summary>
    public SignInSettings? SignIn { get; init; }

    /// <summary>Whether callers must show who they are.</summary>
    internal bool Authenticates => Keys is not null || SignIn is not null;

    /// <summary>The reverse proxies whose forwarded headers count.</summary>
    [Required]
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>
    /// Base folder of relative paths in submitted batches. If <see cref="Confined"/> is set, no path may lead out of it.
    /// </summary>
    [Required]
    public string DataFolder { get; init; } = Environment.CurrentDirectory;

    /// <summary>Whether callers can use only files in <see cref="DataFolder"/> and sources in <see cref="AllowedSources"/>.</summary>
    public bool Confined { get; init; }

    /// <summary>
    /// Schemes and address prefixes that callers may use if <see cref="Confined"/> is set; see <see cref="Confinement"/>.
    /// </summary>
    [Required]
    public IReadOnlyList<string> AllowedSources { get; init; } = [];

    /// <summary>null = callers may name any file and address.</summary>
    internal Confinement? Confinement => !Confined ? null
        : new Confinement(DataFolder, AllowedSources) { Runs = Path.GetFullPath(Runs) } is var own && Stores.Count == 0 ? own
        : own with { Stores = [.. Stores.Select(s => own.OfOperator(s).Kept)] };

    private IReadOnlyList<string> Stores => [.. new[] { Models, Deployments }.OfType<string>()];

    /// <summary>The catalogues with which a server reads all texts, of callers and its own: with its confinement.</summary>
    public GranaryCatalogues Confine(GranaryCatalogues catalogues) => catalogues with { Confinement = Confinement };

    /// <summary>The folder of the sample batch's bars.</summary>
    internal string Samples => Storage.Addresses.Confinement.SamplesIn(Runs);

    /// <summary>The registry of models: a folder, or postgres://…; null for the folder <c>models</c> of the data folder.</summary>
    public string? Models { get; init; }

    /// <summary>The deployments: a folder, or postgres://…; null for the folder <c>deployments</c> of the data folder.</summary>
    public string? Deployments { get; init; }

    /// <summary>Address of the store of deployments.</summary>
    internal Address DeploymentStore => OfOperator(Deployments ?? Path.Combine(DataFolder, "deployments"));

    /// <summary>Address of the registry of models.</summary>
    internal Address ModelRegistry => OfOperator(Models ?? Path.Combine(DataFolder, "models"));

    private Address OfOperator(string text) => Confinement?.OfOperator(text) ?? Address.Parse(text);

    /// <summary>The files and addresses that callers may name.</summary>
    internal CallerFiles Files => new(Path.GetFullPath(DataFolder), Confinement);

    /// <inheritdoc cref="CallerFiles.PlaceOf"/>
    internal Place PlaceOf(string? folder = null) => Files.PlaceOf(folder);

    /// <summary>Whether assistants may call the MCP server at <c>/mcp</c>; needs <see cref="Confined"/>.</summary>
    public bool Assistants { get; init; }

    /// <summary>Longest batch text, bytes.</summary>
    [Range(1, 1 << 30)]
    public int LongestBatch { get; init; } = 16 << 20;

    /// <summary>Period at which an idle stream repeats its last event, so proxies keep the connection open.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan EventHeartbeat { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The folder of the runs; the audit log and the secret of links are in it.</summary>
    [Required]
    public string Runs { get; init; } = "runs";

    /// <summary>The audit log; null = <see cref="AuditLog.FileName"/> in <see cref="Runs"/>.</summary>
    public string? Audit { get; init; }

    /// <summary>Maximum requests per second of each key, with bursts of twice as many.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerSecond { get; init; } = 5_000;

    /// <summary>Maximum number of open event streams of each key.</summary>
    [Range(1, 1_000_000)]
    public int MostStreams { get; init; } = 1_000;

    /// <summary>Maximum number of waiting jobs of each key.</summary>
    [Range(1, 1_000_000)]
    public int MostQueued { get; init; } = 500;

    /// <summary>Maximum estimated work of each key's waiting jobs, in bars times strategies.</summary>
    [Range(1, double.MaxValue)]
    public double MostQueuedWork { get; init; } = 1e13;

    /// <summary>Longest uploaded file, bytes.</summary>
    [Range(1, long.MaxValue)]
    public long LongestUpload { get; init; } = 256L << 20;

    /// <summary>Maximum number of stored files of each caller.</summary>
    [Range(1, 1_000_000)]
    public int MostUploads { get; init; } = 1_000;

    /// <summary>Maximum size of all stored files of each caller, bytes.</summary>
    [Range(1, long.MaxValue)]
    public long UploadQuota { get; init; } = 4L << 30;

    /// <summary>Number of changes of the collections that are kept for clients that reconnect.</summary>
    [Range(1, 1_000_000)]
    public int EventsKept { get; init; } = 10_000;

    /// <summary>
    /// The --state of live sessions whose orders, positions, trades and signals are shown: folders, or postgres://…?account=NAME.
    /// </summary>
    [Required]
    public IReadOnlyList<string> Accounts { get; init; } = [];
}
