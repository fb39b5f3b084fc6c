namespace Granary.Cluster.Grains;

/// <summary>Settings of a silo's grains.</summary>
public sealed record GrainSettings
{
    /// <summary>Folder of all runs, with the strategies' reports. Silos on several machines must share it.</summary>
    public required string Runs { get; init; }

    /// <summary>
    /// Journals of live accounts: a folder with one for each, or postgres://…; null = a folder of <see cref="Runs"/>. Ignored if the host
    /// registers
    /// an <see cref="Granary.Application.Live.IAccountStore"/>.
    /// </summary>
    public string? State { get; init; }

    /// <summary>Folder of the trial ledger; null counts the trials of each batch alone.</summary>
    public string? Trials { get; init; }

    /// <summary>Number of compute threads. One core remains for messages, so that a busy silo answers its probes.</summary>
    public int Threads { get; init; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>Number of bars in a block.</summary>
    public int BlockSize { get; init; } = Granary.Engine.Market.IBarSeries.DefaultBlockSize;

    /// <summary>Number of bars that a silo requests from a feed at a time; about 800 kB on the network.</summary>
    public int BarsAhead { get; init; } = 16 * Granary.Engine.Market.IBarSeries.DefaultBlockSize;

    /// <summary><see cref="BarsAhead"/> in blocks.</summary>
    internal int BlocksAhead => Math.Clamp(BarsAhead / BlockSize, 4, 256);

    /// <summary>Maximum time of a strategy for one block or for its constructor, before it fails alone.</summary>
    public TimeSpan StrategyDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Maximum bytes that a strategy may allocate in one block before it fails alone.</summary>
    public long StrategyBytesPerBlock { get; init; } = 256L << 20;

    /// <summary>
    /// Bars times strategies from which on look-ahead check and cost stress run on all silos. Less, about a second of one thread, runs in
    /// the
    /// reporting grain.
    /// </summary>
    public long ChecksSpreadFrom { get; init; } = 300_000_000;

    /// <summary>Period of a batch grain's timer.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Time without an answer after which a silo counts as lost, whatever the membership says. Its work runs again on another silo, which
    /// is
    /// harmless if it was not lost.
    /// </summary>
    public TimeSpan SiloTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Maximum number of batches at once; others wait in order of submission.</summary>
    public int BatchesAtOnce { get; init; } = 4;

    /// <summary>Maximum number of waiting batches.</summary>
    public int MostWaiting { get; init; } = 1000;

    /// <summary>Time in which a silo finishes work before it shuts down.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Transport of blocks to the silos.</summary>
    public BlockTransport Blocks { get; init; } = BlockTransport.Pull;
}

/// <summary>Transport of blocks from a feed to the silos with its strategies.</summary>
public enum BlockTransport
{
    /// <summary>Each silo requests as many blocks as it has room for.</summary>
    Pull,

    /// <summary>
    /// The feed publishes blocks on the stream provider <see cref="ClusterProviders.Blocks"/>; silos request missing ones.
    /// </summary>
    Stream,
}
