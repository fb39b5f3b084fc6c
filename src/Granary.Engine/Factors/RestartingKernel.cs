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

    public override int WarmUp => _kernel.WarmUp;

    public override int WarmUpOf(int line) => _kernel.WarmUpOf(line);

    public override IReadOnlyList<string> ReferenceSymbols => _kernel.ReferenceSymbols;

    public override IReadOnlyList<string> Columns => _kernel.Columns;

    public override void Process(in FactorInput bars, in FactorOutput lines)
    {
        for (var from = 0; from < bars.Count;)
        {
            if (IsNewListing(bars.Time[from])) _kernel = create();
            var end = EndOfListing(bars.Time);
            _kernel.Process(bars.Slice(from, end - from), lines.Slice(from, end - from));
            from = end;
        }
    }

    // Whether a listing has ended since the bar before.
    private bool IsNewListing(long time)
    {
        var (changes, isNew) = (Series.Instrument.Changes, false);
        for (; _next < changes.Count && changes[_next].Time < time; _next++) isNew |= changes[_next].Kind == ListingChangeKind.End;
        return isNew;
    }

    // The bar after the last one of the present listing; the number of bars if it does not end before.
    private int EndOfListing(ReadOnlySpan<long> time)
    {
        var changes = Series.Instrument.Changes;
        for (var i = _next; i < changes.Count && changes[i].Time < time[^1]; i++)
        {
            if (changes[i].Kind != ListingChangeKind.End) continue;
            var at = time.BinarySearch(changes[i].Time);
            return at < 0 ? ~at : at + 1;
        }
        return time.Length;
    }
}
