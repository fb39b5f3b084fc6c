using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Trading;
using Granary.Learning.Features;
using Granary.Learning.Gating;
using Granary.Learning.Labels;
using Granary.Learning.ModelFiles;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Learning.Watching;

namespace Granary.Learning.Tests.Gating;

public class EntryModelTests
{
    private static readonly FeatureSet Features = FeatureSet.Parse(["return(1)", "return(1)[2]", "sma(5)/close", "rsi(14)"],
        FactorCatalogue.BuiltIn);

    private sealed class Recorder : IRunListener
    {
        public List<Signal> Signals { get; } = [];

        public List<Trade> Trades { get; } = [];

        public void On(in RunEvent e)
        {
            if (e.Kind == RunEventKinds.Signal) Signals.Add(e.Signal);
            else if (e.IsTradeRow) Trades.Add(e.Trade);
        }
    }

    private static (Recorder Recorder, StrategyResult Result) Run(Engine.Market.Bar[] bars, int length, IEntryModel? model,
        double stopPercent = 0)
    {
        var recorder = new Recorder();
        var plan = new FactorPlan();
        var settings = new TradingSettings { Cash = 100_000, Size = new SizeRule(SizeKind.Units, 10), StopLossPercent = stopPercent };
        var run = new StrategyRun("test", new SmaCross(3, 8), SyntheticBars.Series, settings, new ExecutionSettings(), plan, recorder);
        run.FilterEntries(model);
        return (recorder, SyntheticBars.Process(run, plan, bars, length));
    }

    private static (FeatureTable Features, TrainingTable Table) Data(Engine.Market.Bar[] bars)
    {
        var features = FeatureTable.Compute(SyntheticBars.Series, SyntheticBars.Blocks(bars, 500), Features);
        return (features, features.With(LabelColumn.Direction(features.Close, 3), "direction(3)"));
    }

    private static EntryModel Model(Engine.Market.Bar[] bars, string trainer = "logistic", EntryRule? rule = null)
    {
        var (_, table) = Data(bars);
        var windows = new List<ModelWindow>();
        foreach (var cut in new[] { 400, 800 })
        {
            var model = TrainerCatalogue.BuiltIn.Create(trainer).Train(table.Range(0, cut), new TrainingOptions());
            windows.Add(new ModelWindow(table.LabelEnd[cut - 1], model));
        }
        return new EntryModel("gate", Features, windows, rule ?? new GateRule(0.5, 0.5), PredictionMeaning.ProbabilityOfRise);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public void A_judged_run_gives_the_same_signals_and_fingerprint_in_blocks_of_any_length(int length)
    {
        var bars = SyntheticBars.Make(1500, 0.3);
        var whole = Run(bars, 1500, Model(bars));
        var parts = Run(bars, length, Model(bars));
        parts.Recorder.Signals.ShouldBe(whole.Recorder.Signals);
        parts.Result.Digest.ShouldBe(whole.Result.Digest);
        whole.Recorder.Signals.Count.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void Predictions_in_the_run_have_the_bits_of_predictions_on_the_table_and_come_from_the_newest_model_of_the_time()
    {
        var bars = SyntheticBars.Make(1500, 0.3);
        var (features, table) = Data(bars);
        var models = new[] { 400, 800 }.Select(cut => (From: table.LabelEnd[cut - 1],
            Model: TrainerCatalogue.BuiltIn.Create("logistic").Train(table.Range(0, cut), new TrainingOptions()))).ToArray();
        var (recorder, _) = Run(bars, 100, Model(bars));
        var asked = 0;
        foreach (var signal in recorder.Signals)
        {
            var bar = Array.IndexOf(features.Time, signal.Time);
            var known = features.KnownAt(bar);
            var expected = known < models[0].From ? double.NaN
                : (known < models[1].From ? models[0] : models[1]).Model.Predict(features.Row(bar));
            BitConverter.DoubleToInt64Bits(signal.Prediction).ShouldBe(BitConverter.DoubleToInt64Bits(expected));
            if (!double.IsNaN(expected)) asked++;
            signal.SizeFactor.ShouldBe(double.IsNaN(expected) || (signal.Side == Side.Buy ? expected > 0.5 : expected < 0.5) ? 1 : 0);
        }
        asked.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void What_a_model_refuses_is_played_to_its_outcome_and_the_portfolio_stays_out_of_it()
    {
        var bars = SyntheticBars.Make(1500, 0.3);
        var judged = Run(bars, 500, Model(bars));
        var free = Run(bars, 500, null);
        // A gate changes no trade of the strategy itself.
        judged.Recorder.Trades.ShouldBe(free.Recorder.Trades);
        var refused = judged.Recorder.Signals.First(s => s.SizeFactor == 0);
        var portfolio = new PortfolioRun(100_000, new PortfolioLimits(), [SyntheticBars.Series.Instrument],
            [new PortfolioMember("test", [0], 1) { Timeframe = SyntheticBars.Series.Timeframe }]);
        var (frame, close) = (SyntheticBars.Series.Timeframe, Flat(refused.Time, refused.Price));
        portfolio.OnBar(0, frame, Engine.Market.BarBlock.FromBars(0, [close]), 0);
        portfolio.Process();
        portfolio.Revalue(refused.Time);
        portfolio.OnSignal(0, refused).ShouldBe(Decision.ModelRefused);
        portfolio.OnSignal(0, refused with { SizeFactor = 0.5 }).ShouldBe(Decision.Accepted);
        var next = Flat(frame.CloseOf(refused.Time), refused.Price);
        portfolio.OnBar(0, frame, Engine.Market.BarBlock.FromBars(1, [next]), 0);
        portfolio.Process();
        portfolio.QuantityOf(0, refused.Number).ShouldBe(refused.Quantity / 2);
    }

    private static Engine.Market.Bar Flat(long time, double price) => new(time, price, price, price, price, 1_000);

    private sealed class Unused : IPredictionObserver
    {
        public void OnBars(Engine.Market.MarketSeries series, Engine.Market.BarBlock block) => throw new InvalidOperationException();

        public void OnPrediction(Engine.Market.MarketSeries series, int index, Side side, ReadOnlySpan<double> row, double prediction) =>
            throw new InvalidOperationException();

        public void OnTrade(string symbol, in Trade trade) => throw new InvalidOperationException();
    }

    [Fact]
    public void A_copy_without_its_observer_is_the_same_filter_in_all_else()
    {
        var bars = SyntheticBars.Make(1500);
        var filter = new EntryModel("gate", Features, Model(bars).Windows, new GateRule(0.5, 0.5), PredictionMeaning.ProbabilityOfRise)
        {
            Origin = new ModelOrigin("models", "gate", 2),
            Observer = new Unused(),
            Watch = new WatchRule(Review: 30),
        };
        var copy = filter.Unobserved();
        foreach (var property in typeof(EntryModel).GetProperties().Where(p => p.Name != nameof(EntryModel.Observer)))
            property.GetValue(copy).ShouldBe(property.GetValue(filter), property.Name);
        // It would throw at the first bar.
        copy.Observer.ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => Run(bars, 500, filter));
        Run(bars, 500, copy).Item1.Signals.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_predicted_volatility_sets_the_stop()
    {
        var bars = SyntheticBars.Make(1500);
        var (features, _) = Data(bars);
        var table = features.With(LabelColumn.ForwardVolatility(features.Close, 10), "volatility(10)");
        var model = TrainerCatalogue.BuiltIn.Create("ridge").Train(table.Range(0, 500), new TrainingOptions());
        var filter = new EntryModel("stop", Features, [new ModelWindow(table.LabelEnd[499], model)], new StopByVolatilityRule(2, 4),
            PredictionMeaning.ExpectedVolatility);
        var (recorder, _) = Run(bars, 500, filter, stopPercent: 9);
        foreach (var signal in recorder.Signals)
        {
            var distance = double.IsNaN(signal.Prediction) ? 0.09 : 4 * signal.Prediction;
            signal.Stop.ShouldBe(signal.Price * (1 - (int)signal.Side * distance), 1e-9);
        }
        recorder.Trades.ShouldContain(t => t.Reason == ExitReason.Stop);
    }

    [Fact]
    public void A_model_for_other_features_or_of_none_or_for_another_rule_is_refused()
    {
        var bars = SyntheticBars.Make(1000);
        var (_, table) = Data(bars);
        var logistic = TrainerCatalogue.BuiltIn.Create("logistic").Train(table.All(), new TrainingOptions());
        var arima = TrainerCatalogue.BuiltIn.Create("arima").Train(table.All(), new TrainingOptions());
        Refusal(FeatureSet.Default, logistic, new GateRule(), PredictionMeaning.ProbabilityOfRise)
            .ShouldContain("was made for the features return(1), return(1)[2]");
        Refusal(Features, arima, new GateRule(), PredictionMeaning.ProbabilityOfRise).ShouldContain("baseline");
        Refusal(Features, logistic, new GateRule(), PredictionMeaning.ExpectedReturn).ShouldContain("cannot use an expected return");

        static string Refusal(FeatureSet features, ITrainedModel model, EntryRule rule, PredictionMeaning meaning) =>
            Should.Throw<InputException>(() => new EntryModel("gate", features, [new ModelWindow(0, model)], rule,
                meaning)).Message;
    }

    [Fact]
    public void An_lstm_is_shown_the_rows_before_the_entry_whatever_the_blocks()
    {
        var bars = SyntheticBars.Make(700, 0.3);
        var (_, table) = Data(bars);
        var lstm = TrainerCatalogue.BuiltIn.Create("lstm", ("rows", 5), ("hidden", 4), ("epochs", 3), ("members", 1))
            .Train(table.Range(0, 300), new TrainingOptions());
        EntryModel Model() => new("lstm", Features, [new ModelWindow(table.LabelEnd[299], lstm)], new GateRule(0.5, 0.5),
            PredictionMeaning.ProbabilityOfRise);
        Run(bars, 700, Model()).Result.Digest.ShouldBe(Run(bars, 3, Model()).Result.Digest);
    }
}
