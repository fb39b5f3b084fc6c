using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Learning.Features;
using Granary.Learning.Numerics;
using Granary.Learning.Screening;
using Granary.Modelling.Learning;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.Screening;

/// <summary>
/// Finds features that predict a batch's label. It computes the distribution of each feature, and tests its rank correlation with the
/// label, corrected for multiple testing.
/// </summary>
/// <remarks>
/// Only the first part of the bars is used, so a model with the selected features can be tested on other bars. Samples have labels
/// that do not overlap. Their effective number is lower if both feature and label are autocorrelated.
/// </remarks>
internal sealed class FeatureLab(IBatchHost host, int threads)
{
    // Two features with at least this correlation count as one finding.
    private const double Repeats = 0.9;

    // The maximum number of feature values in memory.
    private const int MostValues = 8 << 20;

    private sealed record Question(LearningSpec Spec, FeedPlan Feed, StrategyInstance? Strategy);

    // A feature with its statistics over the bars and samples of one study.
    private sealed record TestedFeature(string Name, ColumnProfile Profile, double[] Ranks, int Samples, double Correlation, double PValue);

    /// <exception cref="InputException">The batch, its learning section or an option is invalid.</exception>
    /// <exception cref="BarDataException">The bars are invalid.</exception>
    public async Task<FeatureStudies> RunAsync(BatchSpec batch, FeatureLabOptions options, CancellationToken cancellationToken = default)
    {
        if (!(options.Level is > 0 and < 1)) throw new InputException(FormattableString.Invariant(
            $"--level {options.Level}: the share of false findings is between 0 and 1, such as 0.05"));
        if (!(options.Share is > 0 and <= 1)) throw new InputException(FormattableString.Invariant(
            $"--share {options.Share}: the part of the bars to look at is above 0 and at most 1, such as 0.4"));
        await using var opened = await LearnBatch.OpenAsync(batch, options.Strategies, threads, cancellationToken,
            plan => plan.Reading(market => ReferencesOf(plan, market, options)));
        var questions = Questions(opened.Plan);
        var trades = questions.Any(q => q.Strategy is not null)
            ? await StrategyTrades.RunAsync(opened.Plan, opened.Markets, host, i => questions.Any(q => q.Strategy == i), cancellationToken)
            : null;
        var (studies, tested) = (new List<FeatureStudy>(), new List<IReadOnlyList<TestedFeature>>());
        foreach (var question in questions)
        {
            var (study, features) = await StudyAsync(question, opened, trades, options, cancellationToken);
            studies.Add(study);
            tested.Add(features);
        }
        return Judged(batch.Name, options, studies, tested);
    }

    // The symbols whose closes the generated features of a market use.
    private static IReadOnlyList<string> ReferencesOf(BatchPlan plan, string market, FeatureLabOptions options)
    {
        if (options is { Generate: false, References.Count: > 0 })
            throw new InputException("--references names the symbols that generated features read; add --generate, or leave it out");
        if (!options.Generate) return [];
        if (options.References is not { } named)
            return [.. plan.Symbols.Where(s => s != market).Take(FeatureLabOptions.MostReferences)];
        foreach (var symbol in named)
            if (!plan.Symbols.Contains(symbol, StringComparer.Ordinal))
            {
                var near = Spelling.Nearest(symbol, plan.Symbols);
                throw new InputException($"--references: '{symbol}' is not among the data section's symbols"
                    + (near is null ? "; add it there" : $"; did you mean '{near}'?"));
            }
        return [.. named.Where(s => s != market).Distinct(StringComparer.Ordinal)];
    }

    private static List<Question> Questions(BatchPlan plan)
    {
        // The features of a risk model depend on the portfolio at the entries, so risk models are excluded.
        var specs = LearningReader.Read(plan.Spec).Where(s => !s.IsOfRisk).ToList();
        if (specs.Count == 0)
            throw new InputException("the learning sections have the label drawdown alone, whose samples are entries and not bars; "
                + "'granary train' shows what its features are worth");
        var questions = new List<Question>();
        foreach (var feed in plan.Markets)
            foreach (var group in feed.Instances.GroupBy(i => specs.FirstOrDefault(s => s.Covers(i))))
                if (group.Key is { } spec)
                    questions.AddRange(spec.Label.Kind == LabelKind.Trade ? group.Select(i => new Question(spec, feed, i))
                        : [new Question(spec, feed, null)]);
        return questions;
    }

    private async Task<(FeatureStudy, IReadOnlyList<TestedFeature>)> StudyAsync(Question question, OpenedBatch opened,
        StrategyTrades? trades, FeatureLabOptions options, CancellationToken cancellationToken)
    {
        var (spec, feed) = (question.Spec, question.Feed);
        var study = new FeatureStudy(question.Strategy?.Id ?? feed.ToString(), spec.Label.ToString(), default, default, 0, 0, null, null,
            [], [], null);
        if (feed.Symbols.Count > 1)
            return (study with { Error = "a model judges no strategy of several symbols; leave it out of 'strategies'" }, []);
        try
        {
            var factors = spec.Catalogues.Factors;
            var names = spec.Features.Names.ToList();
            var generated = ReferencesOf(opened.Plan, feed.Symbols[0], options);
            var read = await FeatureBars.ReadAsync(feed, [.. FeatureBars.ReferencesOf(feed, [spec.Features]).Union(generated)],
                opened.Markets, cancellationToken);
            if (options.Generate)
            {
                var (tried, closes) = read.First(FeatureCandidates.TriedBars);
                names.AddRange(FeatureCandidates.Of(factors, read.Series, tried).Except(names, StringComparer.Ordinal));
                foreach (var other in generated)
                    names.AddRange(FeatureCandidates.Of(factors, read.Series, tried, other, closes![other])
                        .Except(names, StringComparer.Ordinal));
                study = study with { References = generated, Others = opened.Plan.Symbols.Count - 1 };
            }
            FeatureTable Compute(FeatureSet set) => read.Tables([set])[0];
            var first = Compute(spec.Features);
            var (label, bars) = question.Strategy is { } strategy && trades!.LabelOf(strategy.Index, first) is var own
                ? (own.Label, own.Bars) : (LabelColumns.Of(first, spec.Label), Enumerable.Range(0, first.Bars));
            var end = (int)(first.Bars * options.Share);
            var from = opened.Plan.Spec.Data is { WarmUp: true, From: { } start } ? FirstFrom(first.Time, start) : 0;
            var samples = LabelledBars.Apart(label, bars.Where(b => b >= from && label.End[b] < end));
            if (samples.Length < 20)
                throw new InputException($"the first {options.Share:0 %} of {Counted.Of(first.Bars, "bar")} have "
                    + $"{Counted.Of(samples.Length, "sample")} whose labels do not overlap, and a test needs 20: give more bars or a "
                    + "larger --share");
            double[] labels = [.. samples.Select(b => label.Values[b])];
            var chunk = Math.Max(1, MostValues / first.Bars);
            var tested = new List<TestedFeature>();
            foreach (var part in names.Chunk(chunk))
            {
                var table = Compute(FeatureSet.Parse(part, factors));
                tested.AddRange(Test(table, (from, end), samples, labels));
                cancellationToken.ThrowIfCancellationRequested();
            }
            var isClass = spec.Label.Kind is not (LabelKind.Return or LabelKind.Volatility);
            return (study with
            {
                From = new DateTime(first.Time[from], DateTimeKind.Utc),
                To = new DateTime(first.Time[end - 1], DateTimeKind.Utc),
                Bars = end - from,
                Samples = samples.Length,
                Ones = isClass ? labels.Average() : null,
                LabelFigures = Figures(ColumnProfile.Of(labels)),
            }, tested);
        }
        catch (InputException e)
        {
            return (study with { Error = e.Message }, []);
        }
    }

    private static int FirstFrom(long[] times, long from) => Array.BinarySearch(times, from) is var at && at < 0 ? ~at : at;

    private TestedFeature[] Test(FeatureTable table, (int From, int End) bars, int[] samples, double[] labels)
    {
        var tested = new TestedFeature[table.Names.Count];
        Parallel.For(0, tested.Length, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads) }, f =>
        {
            var column = new double[bars.End - bars.From];
            for (var i = 0; i < column.Length; i++) column[i] = table.Row(bars.From + i)[f];
            var (values, own) = (new List<double>(samples.Length), new List<double>(samples.Length));
            for (var i = 0; i < samples.Length; i++)
                if (double.IsFinite(column[samples[i] - bars.From]))
                {
                    values.Add(column[samples[i] - bars.From]);
                    own.Add(labels[i]);
                }
            var ranks = RankCorrelation.Ranks([.. values]);
            var outcomes = RankCorrelation.Ranks([.. own]);
            var correlation = RankCorrelation.OfRanks(ranks, outcomes);
            tested[f] = new TestedFeature(table.Names[f], ColumnProfile.Of(column), ranks, values.Count, correlation,
                RankCorrelation.PValue(correlation, RankCorrelation.IndependentPairs(ranks, outcomes)));
        });
        return tested;
    }

    // All tests of all markets are corrected together, because they are made at the same time.
    private static FeatureStudies Judged(string batch, FeatureLabOptions options, List<FeatureStudy> studies,
        List<IReadOnlyList<TestedFeature>> tested)
    {
        var adjusted = FalseDiscoveryControl.Adjust([.. tested.SelectMany(t => t.Select(f => f.PValue))]);
        var at = 0;
        for (var s = 0; s < studies.Count; s++)
        {
            var ranked = tested[s].Select(f => (Feature: f, Adjusted: adjusted[at++]))
                .OrderBy(f => f.Adjusted).ThenBy(f => f.Feature.PValue).ThenBy(f => f.Feature.Name, StringComparer.Ordinal).ToList();
            var (findings, chosen) = (new List<FeatureFinding>(), new List<TestedFeature>());
            foreach (var (feature, value) in ranked)
            {
                var isRelevant = value <= options.Level;
                var like = isRelevant ? chosen.FirstOrDefault(c => c.Samples == feature.Samples
                    && Math.Abs(RankCorrelation.OfRanks(c.Ranks, feature.Ranks)) >= Repeats) : null;
                if (isRelevant && like is null) chosen.Add(feature);
                findings.Add(new FeatureFinding(feature.Name, Figures(feature.Profile), feature.Samples, feature.Correlation,
                    feature.PValue, value, isRelevant, like?.Name));
            }
            studies[s] = studies[s] with { Features = findings, Chosen = [.. chosen.Select(c => c.Name)] };
        }
        return new FeatureStudies(batch, options.Level, adjusted.Length, options.Generate, studies);
    }

    private static ColumnFigures Figures(ColumnProfile profile) =>
        new(profile.Count, profile.Count + profile.Missing == 0 ? 0 : profile.Missing / (double)(profile.Count + profile.Missing),
            JsonNumber.Finite(profile.Mean), JsonNumber.Finite(profile.Deviation), [.. profile.Quantiles.Select(JsonNumber.Finite)],
            JsonNumber.Finite(profile.Autocorrelation),
            JsonNumber.Finite(profile.UnitRoot.Statistic), profile.UnitRoot.IsStationary);
}
