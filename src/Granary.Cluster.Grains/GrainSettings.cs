namespace Granary.Cluster.Grains;

/// <summary>How a silo's grains work.</summary>
public sealed record GrainSettings
{
    /// <summary>Folder of all runs. Where silos are on several machines it must be one that all of them see: what was reported is kept in it.</summary>
    public required string Runs { get; init; }

    /// <summary>Where the journals of live accounts are: a folder with one for each, or postgres://…; null = a folder of <see cref="Runs"/>. A host that registers an <see cref="Granary.Application.Live.IAccountStore"/> of its own says it there.</summary>
    public string? State { get; init; }

    /// <summary>Folder that counts what was ever tried on the same bars, over all batches; null counts each batch's trials alone.</summary>
    public string? Trials { get; init; }

    /// <summary>Threads that compute. One core stays with messages, so that a silo that computes still answers its probes.</summary>
    public int Threads { get; init; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>Bars in a block.</summary>
    public int BlockSize { get; init; } = Granary.Engine.Market.IBarSeries.DefaultBlockSize;

    /// <summary>Bars that a silo asks a feed for at a time, which is the credit that it gives: about 800 kB where they cross the wire.</summary>
    public int BarsAhead { get; init; } = 16 * Granary.Engine.Market.IBarSeries.DefaultBlockSize;

    /// <summary><see cref="BarsAhead"/> in blocks.</summary>
    internal int BlocksAhead => Math.Clamp(BarsAhead / BlockSize, 4, 256);

    /// <summary>Longest time that a strategy may take over one block, or to be made, before it fails alone.</summary>
    public TimeSpan StrategyDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most bytes that a strategy may allocate over one block before it fails alone.</summary>
    public long StrategyBytesPerBlock { get; init; } = 256L << 20;

    /// <summary>Bars times strategies from which on the looks for look-ahead and for what stressed costs leave are spread over the silos; what is less, about a second of one thread, is done sooner where the report is made.</summary>
    public long GuardsSpreadFrom { get; init; } = 300_000_000;

    /// <summary>How often a batch looks after its silos.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A silo that has not answered for so long is taken for lost, whatever the membership says. What it was doing is done again elsewhere, which is harmless if it was not lost.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Batches that a cluster runs at once; the others wait in the order of their submission.</summary>
    public int BatchesAtOnce { get; init; } = 4;

    /// <summary>Batches that may wait.</summary>
    public int MostWaiting { get; init; } = 1000;

    /// <summary>A silo that leaves finishes what it can within this time.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How blocks come to the silos that have strategies of a feed.</summary>
    public BlockCarriage Blocks { get; init; } = BlockCarriage.Pull;
}

/// <summary>How blocks of bars travel from a feed to the silos that have strategies of it.</summary>
public enum BlockCarriage
{
    /// <summary>Each silo asks its feeds for as many blocks as it has room for.</summary>
    Pull,

    /// <summary>The feed publishes them on the stream provider <see cref="ClusterProviders.Blocks"/>; what does not arrive is asked for.</summary>
    Stream,
}
