using Granary.Engine.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies;

/// <summary>
/// A trading idea. The constructor's parameters, their defaults and <see cref="Market.RangeAttribute"/>s are the strategy's;
/// it declares there which factors it reads, and acts in <see cref="OnBar"/>.
/// </summary>
/// <remarks>
/// An instance belongs to one run on one feed and sees bars in order; it needs no locks. It must not read clocks, files or statics.
/// </remarks>
public abstract class Strategy
{
    private readonly List<Factor> _factors = [];
    private readonly List<Crossing> _crossings = [];
    private readonly List<string> _symbols = [];

    // The catalogue sets it before the constructor runs, so that the constructor can declare a plug-in's factors. It has no initial value,
    // since that would replace what the catalogue has set.
    private FactorCatalogue? _available;

    internal IReadOnlyList<Factor> Factors => _factors;

    internal IReadOnlyList<Crossing> Crossings => _crossings;

    /// <summary>Where it may act beside crossings, if it has declared that; null where it may act at each bar.</summary>
    internal Occasion[]? Occasions { get; set; }

    /// <summary>Other symbols that it trades or reads, beside the feed's own.</summary>
    internal IReadOnlyList<string> Symbols => _symbols;

    /// <summary>The factors that can be declared: those of the catalogue that made the strategy, or Granary's own.</summary>
    protected FactorCatalogue AvailableFactors => _available ?? FactorCatalogue.BuiltIn;

    /// <summary>Before the constructor runs.</summary>
    internal void SetAvailableFactors(FactorCatalogue factors) => _available = factors;

    /// <summary>Declares a factor; in the constructor only.</summary>
    protected Factor Use(FactorRequest request, int line = 0)
    {
        var factor = new Factor(request, line) { Ordinal = _factors.Count };
        _factors.Add(factor);
        return factor;
    }

    /// <summary>
    /// Declares a factor as it is written in a batch file, line and timeframe included: <c>Use("macd(12,26,9).signal@1h")</c>.
    /// </summary>
    protected Factor Use(string text)
    {
        var (request, line) = AvailableFactors.Parse(text);
        return Use(request, line);
    }

    /// <summary>Declares a factor by name and arguments.</summary>
    protected Factor Use(string name, params object[] arguments) => Use(AvailableFactors.Request(name, arguments));

    /// <summary>Watches a line cross another.</summary>
    protected Crossing Cross(Factor line, Factor other) => Watch(new Crossing(line, other, 0));

    /// <summary>Watches a line cross a level.</summary>
    protected Crossing Cross(Factor line, double level) => Watch(new Crossing(line, null, level));

    /// <summary>
    /// Declares that <see cref="OnBar"/> does nothing at a bar where none of the declared crossings turns; in the constructor only. The run
    /// then leaves those bars out, which saves most of the time of a strategy that acts seldom. Never declare it of a strategy that counts
    /// bars, reads the price or its trades at each bar, or moves stops: its result would depend on the length of the blocks.
    /// </summary>
    protected void ActOnlyAtCrossings() => ActOnlyAt();

    /// <summary>
    /// Declares that <see cref="OnBar"/> does nothing at a bar where none of the declared crossings turns and none of these occasions
    /// holds, and that at a bar with occasions alone it does no more than they allow; in the constructor only. The run leaves out bars at
    /// which nothing could happen, as <see cref="ActOnlyAtCrossings"/>, with the same warning.
    /// </summary>
    protected void ActOnlyAt(params Occasion[] occasions) => Occasions = occasions;

    private Crossing Watch(Crossing crossing)
    {
        crossing.Ordinal = _crossings.Count;
        _crossings.Add(crossing);
        return crossing;
    }

    /// <summary>Before the first bar.</summary>
    public virtual void OnStart(StrategyContext context)
    {
    }

    /// <summary>At the close of every bar, once all declared factors have had a value.</summary>
    public abstract void OnBar(StrategyContext bar);

    /// <summary>An order of this strategy has changed its state.</summary>
    public virtual void OnOrder(StrategyContext bar, in Order order)
    {
    }

    /// <summary>A trade of this strategy was closed.</summary>
    public virtual void OnTrade(StrategyContext bar, in Trade trade)
    {
    }

    /// <summary>After the last bar; orders are not taken any more.</summary>
    public virtual void OnStop(StrategyContext context)
    {
    }
}
