using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>
/// A factor of a symbol behind which listings follow one another: each begins with a new kernel, since it shares only the name with the one
/// before.
/// </summary>
internal sealed class RestartingKernel(Func<FactorKernel> create) : FactorKernel
{
    private FactorKernel _kernel = create();
    private ListingCursor _listing;

    public override int WarmUp => _kernel.WarmUp;

    public override int WarmUpOf(int line) => _kernel.WarmUpOf(line);

    public override IReadOnlyList<string> ReferenceSymbols => _kernel.ReferenceSymbols;

    public override IReadOnlyList<string> Columns => _kernel.Columns;

    public override void Start() => _listing = new ListingCursor(Series.Instrument, Series.Timeframe);

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        var from = 0;
        for (var i = 0; i < bars.Count; i++)
        {
            if (!_listing.IsNew(bars.Time[i])) continue;
            if (i > from) _kernel.Process(bars.Slice(from, i - from), lines.Slice(from, i - from));
            (_kernel, from) = (create(), i);
        }
        if (from == 0) _kernel.Process(bars, lines);
        else _kernel.Process(bars.Slice(from, bars.Count - from), lines.Slice(from, bars.Count - from));
    }
}
