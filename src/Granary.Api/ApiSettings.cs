using System.ComponentModel.DataAnnotations;
using Granary.Server.Access;
using Granary.Server.Audit;
using Granary.Storage.Addresses;

namespace Granary.Api;

/// <summary>Settings of the HTTP API's server; <see cref="Hosting.GranaryApi"/> refuses values out of range.</summary>
public sealed record ApiSettings
{
    /// <summary>Where every path of the API begins.</summary>
    public const string Prefix = "/api/v1";

    /// <summary>The number that client and server compare; it changes when an old client could misread a new server.</summary>
    public const string ProtocolVersion = "1";

    /// <summary>Header that carries <see cref="ProtocolVersion"/> both ways.</summary>
    public const string ProtocolHeader = "Granary-Api";

    /// <summary>null = no keys: only this machine may call, and every caller may do everything.</summary>
    public ApiKeys? Keys { get; init; }

    /// <summary>
    /// Folder that relative paths in submitted batches start from. Where <see cref="Confined"/>, none may lead out of it.
    /// </summary>
    [Required]
    public string DataFolder { get; init; } = Environment.CurrentDirectory;

    /// <summary>Whether files outside <see cref="DataFolder"/> and other sources are out of reach for callers.</summary>
    public bool Confined { get; init; }

    /// <summary>
    /// Schemes and beginnings of addresses that callers may name where <see cref="Confined"/>; see <see cref="Confinement"/>.
    /// </summary>
    [Required]
    public IReadOnlyList<string> AllowedSources { get; init; } = [];

    /// <summary>null = callers may name any file and address.</summary>
    internal Confinement? Confinement => Confined ? new Confinement(DataFolder, AllowedSources) : null;

    /// <summary>The registry of models: a folder, or postgres://…; null for the folder <c>models</c> of the data folder.</summary>
    public string? Models { get; init; }

    /// <summary>The deployments: a folder, or postgres://…; null for the folder <c>deployments</c> of the data folder.</summary>
    public string? Deployments { get; init; }

    /// <summary>Where the deployments are.</summary>
    internal Address DeploymentStore => Address.Parse(Deployments ?? Path.Combine(DataFolder, "deployments"));

    /// <summary>The place of what callers send.</summary>
    /// <param name="folder">Theirs, which a confined server does not use: it has one folder, wherever the client's file lies.</param>
    /// <exception cref="Engine.Market.BarDataException">Theirs is no folder.</exception>
    internal Place PlaceOf(string? folder = null)
    {
        var place = new Place(Path.GetFullPath(DataFolder), Confinement);
        return Confined ? place : place.Within(folder ?? ".");
    }

    /// <summary>Longest batch text, bytes.</summary>
    [Range(1, 1 << 30)]
    public int LongestBatch { get; init; } = 16 << 20;

    /// <summary>A stream of events that has nothing to say sends its last event again this often, so that proxies keep it open.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan EventHeartbeat { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The folder of the runs; the audit log and the secret of links are in it.</summary>
    [Required]
    public string Runs { get; init; } = "runs";

    /// <summary>The audit log; null = <see cref="AuditLog.FileName"/> in <see cref="Runs"/>.</summary>
    public string? Audit { get; init; }

    /// <summary>Requests a second of each key; twice as many at once.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerSecond { get; init; } = 5_000;

    /// <summary>Streams of events that each key may have open.</summary>
    [Range(1, 1_000_000)]
    public int MostStreams { get; init; } = 1_000;

    /// <summary>Jobs of each key that may wait.</summary>
    [Range(1, 1_000_000)]
    public int MostQueued { get; init; } = 500;

    /// <summary>Bars times strategies of the jobs of each key that may wait, as they are estimated.</summary>
    [Range(1, double.MaxValue)]
    public double MostQueuedWork { get; init; } = 1e13;

    /// <summary>Longest uploaded file, bytes.</summary>
    [Range(1, long.MaxValue)]
    public long LongestUpload { get; init; } = 256L << 20;

    /// <summary>Files that each caller may have uploaded.</summary>
    [Range(1, 1_000_000)]
    public int MostUploads { get; init; } = 1_000;

    /// <summary>Bytes that each caller may have uploaded.</summary>
    [Range(1, long.MaxValue)]
    public long UploadQuota { get; init; } = 4L << 30;

    /// <summary>How many changes of the collections are kept for clients that connect again.</summary>
    [Range(1, 1_000_000)]
    public int EventsKept { get; init; } = 10_000;

    /// <summary>
    /// The --state of live sessions whose orders, positions, trades and signals are shown: folders, or postgres://…?account=NAME.
    /// </summary>
    [Required]
    public IReadOnlyList<string> Accounts { get; init; } = [];
}
