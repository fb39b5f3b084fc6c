using System.ComponentModel.DataAnnotations;
using Granary.Data.Memory;
using Granary.Server.Operations;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Models;
using Granary.Storage.Addresses;

namespace Granary.Cluster.Grains;

/// <summary>Settings of a silo's grains; <see cref="Hosting.GrainHosting"/> refuses values out of range.</summary>
internal sealed record GrainSettings
{
    /// <summary>Folder of all runs, with the strategies' reports. Silos on several machines must share it.</summary>
    [Required]
    public required string Runs { get; init; }

    /// <summary>
    /// Journals of live accounts: a folder with one for each, or postgres://…; null = a folder of <see cref="Runs"/>. Ignored if the host
    /// registers an <see cref="Granary.Trading.Live.IAccountStore"/>.
    /// </summary>
    public string? State { get; init; }

    /// <summary>Folder of the trial ledger; null counts the trials of each batch alone.</summary>
    public string? Trials { get; init; }

    /// <summary>
    /// The registry of models that the API serves: the full path of a folder, or postgres://… with its password; null = none.
    /// </summary>
    public Address? Models { get; init; }

    /// <summary>Whether a model's grain promotes and rolls back versions itself, or only advises.</summary>
    [EnumDataType(typeof(ModelDecisions))]
    public ModelDecisions ModelDecisions { get; init; } = ModelDecisions.Advise;

    // A grain's key has the registry's address without its password. This returns the configured address with it.
    internal Address RegistryOf(string kept, GranaryCatalogues catalogues) =>
        Models is { } own && ModelStores.Kept(own) == kept ? own : catalogues.AddressOf(kept);

    /// <summary>
    /// Roles of this silo. Other silos read them from its name, so the host must use <see cref="SiloRolesText.NameOf"/> as the silo's name.
    /// </summary>
    public SiloRoles Roles { get; init; } = SiloRolesText.All;

    /// <summary>Number of compute threads. The default leaves one core for messages, so a busy silo answers its probes.</summary>
    [Range(1, 1024)]
    public int Threads { get; init; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>Number of bars in a block.</summary>
    [Range(1, 1 << 20)]
    public int BlockSize { get; init; } = Granary.Engine.Market.IBarSeries.DefaultBlockSize;

    /// <summary>Number of bars that a silo requests from a feed at a time; about 800 kB on the network.</summary>
    [Range(1, 1 << 26)]
    public int BarsAhead { get; init; } = 16 * Granary.Engine.Market.IBarSeries.DefaultBlockSize;

    /// <summary><see cref="BarsAhead"/> in blocks.</summary>
    internal int BlocksAhead => Math.Clamp(BarsAhead / BlockSize, 4, 256);

    /// <summary>Maximum time of a strategy for one block or for its constructor, before its batch fails and the silo ends.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan StrategyDeadline { get; init; } = StrategyWatch.DefaultDeadline;

    /// <summary>
    /// Bars times strategies from which the look-ahead check and the cost stress run on all silos. Smaller work runs in the reporting
    /// grain; the default is about a second of one thread.
    /// </summary>
    [Range(typeof(long), "0", "9223372036854775807")]
    public long ChecksSpreadFrom { get; init; } = 300_000_000;

    /// <summary>Period of a batch grain's timer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Time without an answer after which a silo counts as lost, even if the membership lists it as alive. Another silo then repeats its
    /// work, which is harmless if the silo was not lost.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan SiloTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Maximum number of batches at once; others wait in order of submission.</summary>
    [Range(1, 10_000)]
    public int BatchesAtOnce { get; init; } = 4;

    /// <summary>Bytes of memory that the batches that run at once may need together on a silo, as estimated.</summary>
    [Range(0, double.MaxValue)]
    public double Memory { get; init; } = ProcessMemory.Most;

    /// <summary>Maximum number of waiting batches.</summary>
    [Range(0, 1_000_000)]
    public int MostWaiting { get; init; } = 1000;

    /// <summary>Time in which a silo finishes work before it shuts down.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(20);
}
