using Granary.Engine.Market;

namespace Granary.Kafka.Bars;

/// <summary>The bars of one market from the messages of a topic.</summary>
internal sealed class PublishedMarket(Instrument instrument)
{
    private bool _isSorted = true;

    public Instrument Instrument => instrument;

    public List<Bar> Bars { get; } = [];

    /// <summary>Bars that were left out, since an earlier publication has a different bar of the same time.</summary>
    public long Corrections { get; private set; }

    public void Add(BarBlock block)
    {
        for (var i = 0; i < block.Count; i++)
        {
            var bar = block[i];
            if (Bars.Count > 0 && bar.Time <= Bars[^1].Time)
            {
                if (bar == Bars[^1]) continue;
                _isSorted = false;
            }
            Bars.Add(bar);
        }
    }

    /// <summary>
    /// Puts bars into order of time, each time once. Several replays may have been published, one after the other or at once: the first
    /// publication of a bar counts.
    /// </summary>
    public void Sort()
    {
        if (_isSorted) return;
        var sorted = Bars.OrderBy(b => b.Time).ToList();
        Bars.Clear();
        foreach (var bar in sorted)
        {
            if (Bars.Count == 0 || Bars[^1].Time != bar.Time) Bars.Add(bar);
            else if (Bars[^1] != bar) Corrections++;
        }
        _isSorted = true;
    }
}
