namespace Granary.Engine.Trading;

/// <summary>
/// Takes the events of strategy runs as <see cref="RunEventWriter"/> encodes them, in chunks: a file, a stream, a grain's buffer.
/// </summary>
internal interface IEventSink
{
    /// <summary>The next whole events of one strategy, in order. Called by several threads, for one strategy by one at a time.</summary>
    /// <param name="chunk">
    /// 0, 1, 2 … for each strategy. Where chunks are cut depends on the events alone, so chunk n of a replayed run is the same bytes
    /// again.
    /// </param>
    void Append(int strategy, int chunk, ReadOnlySpan<byte> events);

    /// <summary>Takes the end of a strategy's events; called once by each run that reaches its end, after its last chunk.</summary>
    /// <param name="tally">Numbers of all its events, as the run counted them.</param>
    void End(int strategy, in EventTally tally);
}
