using Granary.Engine.Market;

namespace Granary.Engine.Factors;

/// <summary>
/// Implementation of a factor: a state machine that processes bars in runs of any length. Streaming (one bar) and columns (a block) agree
/// to the last bit because the code is the same. It is causal, because it never sees a later bar. One instance serves one feed, from its
/// first bar on.
/// </summary>
public abstract class FactorKernel
{
    /// <summary>The feed's instrument and timeframe; set before the first bar.</summary>
    public MarketSeries Series { get; private set; } = null!;

    /// <summary>How many bars it takes until the first value: value number WarmUp (counted from 1) is the first that is not NaN.
    /// Where <see cref="FactorAttribute.Undefined"/> names exceptions, no value comes earlier, and one may come later.</summary>
    public abstract int WarmUp { get; }

    /// <summary>The same for a line that takes longer, or shorter, than the first.</summary>
    public virtual int WarmUpOf(int line) => WarmUp;

    /// <summary>Other symbols whose closes it reads.</summary>
    public virtual IReadOnlyList<string> ReferenceSymbols => [];

    /// <summary>Further columns of the bars that it reads.</summary>
    public virtual IReadOnlyList<string> Columns => [];

    /// <summary>Gives it its feed. The engine calls this before the first bar; a test of a kernel does the same.</summary>
    public void Begin(MarketSeries series)
    {
        Series = series;
        Start();
    }

    /// <summary>Called once, when <see cref="Series"/> is known and before the first bar.</summary>
    public virtual void Start()
    {
    }

    /// <summary>Writes every line for every bar of the run; NaN until warm. Allocates nothing.</summary>
    public abstract void Process(in FactorInput bars, in FactorOutput lines);

    /// <summary>How many of the next <paramref name="count"/> bars still have no value.</summary>
    /// <param name="seen">Bars before these.</param>
    /// <param name="warmUp">The bar with the first value, counted from 1.</param>
    protected internal static int Cold(int count, long seen, int warmUp) => (int)Math.Clamp(warmUp - 1 - seen, 0, count);

    /// <summary>The same, and counts these bars as seen.</summary>
    protected static int Cold(int count, ref long seen, int warmUp)
    {
        var cold = Cold(count, seen, warmUp);
        seen += count;
        return cold;
    }

    /// <summary>Sets the values of a line to NaN for bars before it is warm.</summary>
    protected internal static void Blank(Span<double> line, long seen, int warmUp) =>
        line[..Cold(line.Length, seen, warmUp)].Fill(double.NaN);

    /// <summary>The same, and counts these bars as seen.</summary>
    protected internal static void Blank(Span<double> line, ref long seen, int warmUp)
    {
        Blank(line, seen, warmUp);
        seen += line.Length;
    }
}
