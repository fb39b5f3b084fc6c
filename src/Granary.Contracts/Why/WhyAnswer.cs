namespace Granary.Contracts.Why;

/// <summary>Everything that decided about a strategy at one bar, or over a span. Prices and amounts are in the quote currency.</summary>
/// <param name="Source">Id of the run, or of the session's account.</param>
/// <param name="IsLive">Whether it is a session, replayed from its journal.</param>
/// <param name="Strategy">Id of the strategy.</param>
/// <param name="Symbol">The symbol of the bar.</param>
/// <param name="Timeframe">The timeframe of the strategy's bars.</param>
/// <param name="Command">The command that prints this answer.</param>
public sealed record WhyAnswer(string Source, bool IsLive, string Strategy, string Symbol, string Timeframe, string Command)
{
    /// <summary>The bar; null in an answer about a span.</summary>
    public WhyBar? Bar { get; init; }

    /// <summary>The last bars of the strategy's other symbols at that time.</summary>
    public IReadOnlyList<WhyBar> OtherBars { get; init; } = [];

    /// <summary>The factors that the strategy declares, of all its symbols.</summary>
    public IReadOnlyList<WhyFactor> Factors { get; init; } = [];

    /// <summary>The conditions that the strategy declares; empty if its code decides alone.</summary>
    public IReadOnlyList<WhyCondition> Conditions { get; init; } = [];

    /// <summary>The strategy's own account when the bar opened; null before its first bar, and in an answer about a span.</summary>
    public WhyAccount? Before { get; init; }

    /// <summary>The strategy's own account after the bar's close.</summary>
    public WhyAccount? After { get; init; }

    /// <summary>Events in the strategy's own account during the bar and at its close, in order.</summary>
    public IReadOnlyList<WhyEvent> Events { get; init; } = [];

    /// <summary>The entry signals at the bar's close, with the decisions of the model and of the portfolio.</summary>
    public IReadOnlyList<WhySignal> Signals { get; init; } = [];

    /// <summary>The portfolio after the bar's close; null if it was not replayed: <see cref="Notes"/> say why.</summary>
    public WhyPortfolio? Portfolio { get; init; }

    /// <summary>The rules of the portfolio: when it decided on the first signal, or without one after the close.</summary>
    public IReadOnlyList<WhyRule> Rules { get; init; } = [];

    /// <summary>Orders, fills and rejections of a session's venue in the time of the bar; empty for a run.</summary>
    public IReadOnlyList<WhyFact> Venue { get; init; } = [];

    /// <summary>The trade that was asked for; null without one.</summary>
    public WhyTrade? Trade { get; init; }

    /// <summary>Why the strategy did not trade in a span; null in an answer about a bar.</summary>
    public WhySpan? Span { get; init; }

    /// <summary>
    /// The fold of a walk-forward that contains the bar, or the start of the span, with its configuration; null for other runs.
    /// </summary>
    public WhyFold? Fold { get; init; }

    /// <summary>Limits of the answer, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>A fold of a walk-forward: a configuration was chosen in the training span, and traded in the test span.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Folds">Number of folds.</param>
/// <param name="TrainedFrom">Start of the training span, UTC.</param>
/// <param name="TrainedTo">Exclusive end of the training span, UTC.</param>
/// <param name="TestedFrom">Start of the test span, UTC.</param>
/// <param name="TestedTo">Exclusive end of the test span, UTC.</param>
/// <param name="Configuration">Id of the strategy that was chosen.</param>
/// <param name="Parameters">The chosen parameters, as windows.csv has them.</param>
public sealed record WhyFold(int Number, int Folds, DateTime TrainedFrom, DateTime TrainedTo, DateTime TestedFrom, DateTime TestedTo,
    string Configuration, IReadOnlyDictionary<string, string> Parameters);

/// <summary>A bar of the replay.</summary>
public sealed record WhyBar
{
    public required string Symbol { get; init; }

    /// <summary>Number of the bar in the strategy's feed, from 0; of a walk-forward, in its test spans.</summary>
    public required long Number { get; init; }

    /// <summary>Open time, UTC.</summary>
    public required DateTime Time { get; init; }

    /// <summary>Close time, at which the strategy saw it, UTC.</summary>
    public required DateTime KnownAt { get; init; }

    public required double Open { get; init; }

    public required double High { get; init; }

    public required double Low { get; init; }

    public required double Close { get; init; }

    public required double Volume { get; init; }

    /// <summary>Number of the feed's last bar; null if the record is longer than what is kept of it.</summary>
    public long? Last { get; init; }
}

/// <summary>A factor at a bar.</summary>
/// <param name="Value">null until it is warm.</param>
/// <param name="Recent">Its values at the last bars, oldest first; the last one is that of the bar.</param>
public sealed record WhyFactor(string Symbol, string Name, double? Value, IReadOnlyList<WhyValue> Recent);

/// <summary>A value at a bar.</summary>
/// <param name="Time">Open time of the bar, UTC.</param>
/// <param name="Value">null if undefined.</param>
public sealed record WhyValue(DateTime Time, double? Value);

/// <summary>A declared condition at a bar.</summary>
/// <param name="Text">Such as <c>rsi(14) at or below 30</c>.</param>
/// <param name="Left">The left side; null until it is warm.</param>
/// <param name="Right">The right side; null until it is warm.</param>
/// <param name="Holds">Whether it held; of a crossing, whether the lines crossed at this bar.</param>
/// <param name="Acts">What the strategy may do where it holds: buy, sell, exit-long, exit-short, any.</param>
/// <param name="Distance">The relative distance of the two sides, |left − right| / max(|left|, |right|); null if undefined.</param>
public sealed record WhyCondition(string Symbol, string Text, string LeftName, double? Left, string RightName, double? Right, bool Holds,
    IReadOnlyList<string> Acts, double? Distance);

/// <summary>The strategy's own account, in which it simulates all its signals.</summary>
public sealed record WhyAccount(double Cash, double Equity, IReadOnlyList<WhyPosition> Positions, IReadOnlyList<WhyOpenTrade> Trades,
    IReadOnlyList<WhyOrder> Orders);

/// <summary>A net position.</summary>
/// <param name="Quantity">Base units; negative = short.</param>
/// <param name="BarsInTrade">Bars since the entry of the newest open trade; -1 without one.</param>
public sealed record WhyPosition(string Symbol, double Quantity, long BarsInTrade);

/// <summary>An open trade.</summary>
/// <param name="Number">Number of the signal that opened it.</param>
/// <param name="Side">long or short.</param>
/// <param name="Stop">null without a stop.</param>
/// <param name="Target">null without a target.</param>
/// <param name="IsExiting">Whether an exit at the market was sent.</param>
public sealed record WhyOpenTrade(string Symbol, int Number, string Side, double Quantity, double EntryPrice, DateTime EntryTime,
    double? Stop, double? Target, bool IsExiting);

/// <summary>A waiting order.</summary>
/// <param name="Role">entry, exit, stop-loss, take-profit, trailing-stop or net.</param>
public sealed record WhyOrder(string Symbol, long Id, int Trade, string Role, string Type, string Side, double Quantity, double Filled,
    double? LimitPrice, double? StopPrice);

/// <summary>An event of the strategy's own account.</summary>
/// <param name="Kind">signal, signal-ended, order, fill, trade, levels, stop-moved, exiting, financing, split, entry-cut, entry-ended or
/// cash-short.</param>
/// <param name="Number">Number of the signal or trade; 0 if it has none.</param>
/// <param name="Text">One sentence.</param>
public sealed record WhyEvent(string Kind, string Symbol, int Number, string Text);

/// <summary>An entry signal with the decisions on it.</summary>
public sealed record WhySignal
{
    public required int Number { get; init; }

    public required string Symbol { get; init; }

    /// <summary>long or short.</summary>
    public required string Side { get; init; }

    public required string Type { get; init; }

    public required double Price { get; init; }

    public required double Quantity { get; init; }

    public double? Stop { get; init; }

    public double? Target { get; init; }

    /// <summary>The portfolio's decision: accepted, or the word of its refusal; null if the portfolio was not asked.</summary>
    public string? Decision { get; init; }

    /// <summary>The decision as one sentence; null without a decision.</summary>
    public string? Reason { get; init; }

    /// <summary>The portfolio's quantity, base units; null if it is not known.</summary>
    public double? Granted { get; init; }

    /// <summary>Its end in the strategy's own account: a word of signals.csv; null if that is not known yet.</summary>
    public string? Outcome { get; init; }

    /// <summary>The model that judged it; null without one.</summary>
    public WhyModel? Model { get; init; }
}

/// <summary>A model's judgement of an entry.</summary>
/// <param name="Version">0 before the first version.</param>
/// <param name="Prediction">null if it made none.</param>
/// <param name="Rule">The rule of the batch that turns the prediction into a decision, with its thresholds.</param>
/// <param name="SizeFactor">0 = refused; 1 = as the strategy wished.</param>
/// <param name="Dissimilarity">Distance of the input from the training data; null if it was not measured.</param>
/// <param name="Features">The input of the model; empty if it abstained.</param>
public sealed record WhyModel(string Name, int Version, double? Prediction, string Rule, IReadOnlyDictionary<string, double> Thresholds,
    double SizeFactor, double? Dissimilarity, IReadOnlyList<WhyFeature> Features);

/// <summary>An input of a model.</summary>
public sealed record WhyFeature(string Name, double? Value);

/// <summary>The account of the portfolio.</summary>
public sealed record WhyPortfolio
{
    /// <summary>Weight of the strategy.</summary>
    public required double Weight { get; init; }

    public required double Cash { get; init; }

    public required double Equity { get; init; }

    /// <summary>Sum of the absolute values of its positions.</summary>
    public required double Exposure { get; init; }

    /// <summary>Cash for entries.</summary>
    public required double FreeCash { get; init; }

    /// <summary>Cash that the fills of accepted entries will need.</summary>
    public required double ReservedCash { get; init; }

    /// <summary>Value of accepted entries that are not filled yet.</summary>
    public required double ReservedValue { get; init; }

    public required int ReservedTrades { get; init; }

    public required int OpenTrades { get; init; }

    /// <summary>A positive fraction of the peak.</summary>
    public required double Drawdown { get; init; }
}

/// <summary>A rule of the portfolio.</summary>
/// <param name="Name">Its key in the limits; for a rule without a key the word of its refusal.</param>
/// <param name="Title">What is limited.</param>
/// <param name="About">The symbol, strategy or group that the figures are of; null if they are of the whole portfolio.</param>
/// <param name="Used">null if the rule has no figures.</param>
/// <param name="Limit">null as <paramref name="Used"/>.</param>
/// <param name="Unit">count, percent or multiple; null as <paramref name="Used"/>.</param>
/// <param name="State">passed, refused or not-asked; open if no signal was decided.</param>
public sealed record WhyRule(string Name, string Title, string? About, double? Used, double? Limit, string? Unit, string State)
{
    /// <summary>The value that it bounds for this strategy's symbol and side, with reservations; null if it bounds none.</summary>
    public double? BoundedValue { get; init; }

    /// <summary>The bound of that value; null as <see cref="BoundedValue"/>.</summary>
    public double? Bound { get; init; }
}

/// <summary>An entry of a session's journal.</summary>
/// <param name="Sequence">Number of the entry.</param>
/// <param name="At">Time of the bar, or of the fill; UTC; null before the first bar.</param>
/// <param name="Kind">Kind of the entry, such as OrderIntended.</param>
/// <param name="Text">One sentence.</param>
public sealed record WhyFact(long Sequence, DateTime? At, string Kind, string Symbol, string Text);

/// <summary>A trade of the strategy's own account.</summary>
/// <param name="Signal">Number of its signal.</param>
/// <param name="ExitTime">null while it is open.</param>
public sealed record WhyTrade(int Number, int Signal, string Symbol, string Side, double Quantity, DateTime EntryTime, double EntryPrice,
    DateTime? ExitTime, double? ExitPrice, double? NetProfit, string? ExitReason);

/// <summary>A strategy over a span of bars.</summary>
/// <param name="From">Open time of the first bar, UTC.</param>
/// <param name="To">Open time of the last bar, UTC.</param>
/// <param name="Bars">How many bars of the symbol there are.</param>
/// <param name="InPosition">At how many of them the strategy held a position in the symbol when they opened.</param>
/// <param name="Conditions">The declared conditions, those that failed most often first.</param>
/// <param name="Signals">Entry signals in the span.</param>
/// <param name="Refused">How many of them the portfolio refused, by decision.</param>
/// <param name="NearestMiss">The entry condition that came nearest without holding; null if there is none.</param>
public sealed record WhySpan(DateTime From, DateTime To, int Bars, int InPosition, IReadOnlyList<WhyFailures> Conditions, int Signals,
    IReadOnlyDictionary<string, int> Refused, WhyMiss? NearestMiss);

/// <summary>How often a condition failed.</summary>
/// <param name="Failed">Bars at which both sides had values and it did not hold.</param>
/// <param name="Held">Bars at which it held.</param>
/// <param name="Undefined">Bars at which a side had no value yet.</param>
public sealed record WhyFailures(string Text, IReadOnlyList<string> Acts, int Failed, int Held, int Undefined);

/// <summary>A bar at which a condition came near.</summary>
/// <param name="Time">Open time of the bar, UTC.</param>
/// <param name="Distance">|left − right| / max(|left|, |right|).</param>
public sealed record WhyMiss(DateTime Time, string Text, double Left, double Right, double Distance);
