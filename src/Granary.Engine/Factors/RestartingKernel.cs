using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>
/// A factor of a symbol behind which listings follow one another: each begins with a new kernel, since it shares only the name with the one
/// before.
/// </summary>
internal sealed class RestartingKernel(Func<FactorKernel> create) : FactorKernel
{
    private FactorKernel _kernel = create();
    private int _next;
    // Whether the next bar is the first of a new listing.
    private bool _restarts;

    public override int WarmUp => _kernel.WarmUp;

    public override int WarmUpOf(int line) => _kernel.WarmUpOf(line);

    public override IReadOnlyList<string> ReferenceSymbols => _kernel.ReferenceSymbols;

    public override IReadOnlyList<string> Columns => _kernel.Columns;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        for (var from = 0; from < bars.Count;)
        {
            if (_restarts) _kernel = create();
            var end = EndFrom(bars.Time, from);
            _kernel.Process(bars.Slice(from, end - from), lines.Slice(from, end - from));
            from = end;
        }
    }

    // The bar after the next end of a listing; the number of bars if none ends.
    private int EndFrom(ReadOnlySpan<long> time, int from)
    {
        _restarts = false;
        var changes = Series.Instrument.Changes;
        for (; _next < changes.Count && changes[_next].Time <= time[^1]; _next++)
        {
            if (changes[_next].Kind != ListingChangeKind.End || changes[_next].Time < time[from]) continue;
            _restarts = true;
            var at = time.BinarySearch(changes[_next++].Time);
            return at < 0 ? ~at : at + 1;
        }
        return time.Length;
    }
}
