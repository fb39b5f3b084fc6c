using Granary.Engine.Factors;
using Granary.Engine.Trading;

namespace Granary.Engine.Strategies;

/// <summary>
/// Base class of strategies. The constructor's parameters, defaults and <see cref="Market.RangeAttribute"/>s become those of the strategy.
/// The constructor declares the factors that it reads; <see cref="OnBar"/> trades.
/// </summary>
/// <remarks>
/// An instance belongs to one run on one feed and receives bars in order; it needs no locks. It must not read clocks, files or static
/// state.
/// </remarks>
public abstract class Strategy
{
    private readonly List<Factor> _factors = [];
    private readonly List<Crossing> _crossings = [];
    private readonly List<string> _symbols = [];

    // The catalogue sets it before the constructor runs, so that the constructor can declare a plug-in's factors. It must have no
    // initialiser, which would overwrite that value.
    private FactorCatalogue? _available;

    internal IReadOnlyList<Factor> Factors => _factors;

    internal IReadOnlyList<Crossing> Crossings => _crossings;

    /// <summary>Declared occasions at which it may act besides crossings; null if it may act at each bar.</summary>
    internal Occasion[]? Occasions { get; set; }

    /// <summary>The declared crossings, each in both directions, and the declared occasions.</summary>
    internal IReadOnlyList<DeclaredCondition> Conditions =>
        [.. _crossings.SelectMany(c => c.Declared), .. (Occasions ?? []).Select(o => o.Declared)];

    /// <summary>Other symbols that it trades or reads, besides the feed's own.</summary>
    internal IReadOnlyList<string> Symbols => _symbols;

    /// <summary>The factors that can be declared: those of the catalogue that created the strategy, or the built-in ones.</summary>
    protected FactorCatalogue AvailableFactors => _available ?? FactorCatalogue.BuiltIn;

    /// <summary>Sets the available factors; called before the constructor runs.</summary>
    internal void SetAvailableFactors(FactorCatalogue factors) => _available = factors;

    /// <summary>Declares a factor; call it in the constructor only.</summary>
    protected Factor Use(FactorRequest request, int line = 0)
    {
        var factor = new Factor(request, line) { Ordinal = _factors.Count };
        _factors.Add(factor);
        return factor;
    }

    /// <summary>Declares the average true range in which distances of the settings count, if one does.</summary>
    /// <returns>Null if none does.</returns>
    internal Factor? UseAtr(TradingSettings settings)
    {
        if (!settings.UsesAtr) return null;
        var request = FactorCatalogue.BuiltIn.Request("atr", settings.AtrBars);
        return _factors.Find(f => f.Request.Key == request.Key) ?? Use(request);
    }

    /// <summary>Declares a factor in the syntax of a batch file, with line and timeframe: <c>Use("macd(12,26,9).signal@1h")</c>.</summary>
    protected Factor Use(string text)
    {
        var (request, line) = AvailableFactors.Parse(text);
        return Use(request, line);
    }

    /// <summary>Declares a factor by name and arguments.</summary>
    protected Factor Use(string name, params object[] arguments) => Use(AvailableFactors.Request(name, arguments));

    /// <summary>Declares a crossing of two lines.</summary>
    protected Crossing Cross(Factor line, Factor other) => Watch(new Crossing(line, other, 0));

    /// <summary>Declares a crossing of a line and a level.</summary>
    protected Crossing Cross(Factor line, double level) => Watch(new Crossing(line, null, level));

    /// <summary>
    /// Declares that <see cref="OnBar"/> only acts at bars with a declared crossing; call it in the constructor only. The run calls it only
    /// at bars at which one may turn, which saves most of the time of a strategy that acts rarely. Do not use it for a strategy that counts
    /// bars, reads the price or its trades at each bar, or moves stops: it would miss the other bars.
    /// </summary>
    protected void ActOnlyAtCrossings() => ActOnlyAt();

    /// <summary>
    /// Declares that <see cref="OnBar"/> does nothing at a bar at which no declared crossing turns and none of these occasions holds. At a
    /// bar that has only occasions, it may only take the actions that they allow. Call it only in the constructor. The run calls it only at
    /// bars at which a crossing may turn, or an occasion holds and the account permits one of its actions. The same warning applies as for
    /// <see cref="ActOnlyAtCrossings"/>.
    /// </summary>
    protected void ActOnlyAt(params Occasion[] occasions) => Occasions = occasions;

    private Crossing Watch(Crossing crossing)
    {
        crossing.Ordinal = _crossings.Count;
        _crossings.Add(crossing);
        return crossing;
    }

    /// <summary>Called before the first bar.</summary>
    public virtual void OnStart(StrategyContext context)
    {
    }

    /// <summary>Called at the close of every bar, once all declared factors have had a value.</summary>
    public abstract void OnBar(StrategyContext bar);

    /// <summary>Called after an order of this strategy has changed its state.</summary>
    public virtual void OnOrder(StrategyContext bar, in Order order)
    {
    }

    /// <summary>Called after a trade of this strategy was closed.</summary>
    public virtual void OnTrade(StrategyContext bar, in Trade trade)
    {
    }

    /// <summary>Called after the last bar; orders are no longer accepted.</summary>
    public virtual void OnStop(StrategyContext context)
    {
    }
}
