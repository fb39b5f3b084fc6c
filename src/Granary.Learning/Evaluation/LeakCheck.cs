using System.Globalization;
using Granary.Engine.Numerics;
using Granary.Learning.Numerics;
using Granary.Learning.Tables;

namespace Granary.Learning.Evaluation;

/// <summary>
/// Compares out-of-sample predictions with the labels of other samples. Labels that are shuffled or shifted in time show the figure of
/// luck. Labels that were already known show whether the skill is of this sample alone, as it is where a feature contains the future.
/// </summary>
internal static class LeakCheck
{
    // AUC 0.7 and 0.55 as Somers' D, 2 AUC − 1, which is comparable with a rank correlation.
    private const double TooGood = 0.4, WorthATest = 0.1;

    // Decrease of the skill from the sample's own label to the labels known before it, from which on it counts as a leak.
    private const double Drop = 0.25;

    private const int LeastSamples = 50, MostShifts = 200, Shuffles = 20, PastLabels = 5;

    // Upper limit of the comparisons of a score with a label over all shifts.
    private const long MostWork = 20_000_000;

    /// <summary>Returns what is suspicious about predictions; one sentence each.</summary>
    /// <param name="rows">Predicted rows that the model did not learn from, ascending.</param>
    /// <param name="predicted">A prediction for each of these rows.</param>
    /// <param name="overlap">Rows over which labels overlap in addition to the label times of the table.</param>
    public static IReadOnlyList<string> Of(TrainingTable table, ReadOnlySpan<int> rows, ReadOnlySpan<double> predicted, int overlap = 0)
    {
        if (rows.Length < LeastSamples || !Dense.AllFinite(predicted)) return [];
        var score = new Score(table, [.. rows], overlap);
        var ranks = RankCorrelation.Ranks(predicted);
        var own = score.Own(ranks);
        if (!double.IsFinite(own)) return [];
        var notes = new List<string>();
        if (own >= TooGood && own - score.Past(ranks) >= Drop) notes.Add(TooGoodSentence(table, score, ranks, own));
        else if (own is >= WorthATest and < 0.6 && score.Shifted(ranks, own) is var (share, shifts) && shifts > 0 && share > 0.05)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"The {score.Name(own)} out of sample is not distinguishable from luck: "
                + $"with the labels shifted in time it is at least as high in {share * 100:0} % of {shifts} shifts. Use more data, or "
                + $"labels that overlap less."));
        return notes;
    }

    /// <summary>
    /// Number of following samples whose labels resemble a sample's own: the leading lags with an autocorrelation above 0.1 and two
    /// standard errors. Labels over h bars of every bar resemble each other over about h − 1 samples.
    /// </summary>
    public static int OverlapOf(ReadOnlySpan<double> labels)
    {
        var mean = 0.0;
        foreach (var label in labels) mean += label / labels.Length;
        var variance = 0.0;
        foreach (var label in labels) variance += (label - mean) * (label - mean);
        var least = Math.Max(0.1, 2 / Math.Sqrt(labels.Length));
        var lag = 1;
        for (; lag <= labels.Length / 10 && lag <= 500; lag++)
        {
            var sum = 0.0;
            for (var i = lag; i < labels.Length; i++) sum += (labels[i] - mean) * (labels[i - lag] - mean);
            if (!(sum > least * variance)) break;
        }
        return lag - 1;
    }

    private static string TooGoodSentence(TrainingTable table, Score score, double[] ranks, double own)
    {
        var best = (Feature: "", Value: 0.0);
        for (var f = 0; f < table.Width; f++)
        {
            var column = RankCorrelation.Ranks(score.Column(f));
            var value = score.Own(column);
            if (Math.Abs(value) > Math.Abs(best.Value) && Math.Abs(value) - score.Past(column) >= Drop) best = (table.Features[f], value);
        }
        var (name, past) = (score.Name(own), score.Text(score.Past(ranks)));
        var feature = best.Feature.Length == 0 ? ""
            : $" The feature '{best.Feature}' alone has {score.Text(Math.Abs(best.Value))}.";
        return $"The {name} out of sample is too good: with shuffled labels it is at most {score.Text(score.Shuffled(ranks))}, with "
            + $"labels that were known before the sample {past}.{feature} Check that each feature is known before its label.";
    }

    /// <summary>Scores ranked predictions against labels: Somers' D for classes, Spearman's correlation for numbers.</summary>
    private sealed class Score
    {
        private readonly TrainingTable _table;
        private readonly int[] _rows;
        private readonly int _overlap;
        private readonly double[] _labels;
        private readonly bool _classes;

        public Score(TrainingTable table, int[] rows, int overlap)
        {
            (_table, _rows, _overlap) = (table, rows, overlap);
            _classes = table.Task == LearningTask.Classification;
            _labels = new double[rows.Length];
            for (var i = 0; i < rows.Length; i++) _labels[i] = table.Label[rows[i]];
            if (!_classes) _labels = RankCorrelation.Ranks(_labels);
        }

        public string Name(double value) => (_classes ? "AUC of " : "rank correlation of ") + Text(value);

        public string Text(double value) =>
            (_classes ? (value + 1) / 2 : value).ToString(_classes ? "0.000" : "0.00", CultureInfo.InvariantCulture);

        public double[] Column(int feature)
        {
            var column = new double[_rows.Length];
            for (var i = 0; i < column.Length; i++) column[i] = _table.Row(_rows[i])[feature];
            return column;
        }

        public double Own(double[] ranks) => Of(ranks, _labels, 0);

        /// <summary>Absolute skill for labels that were known at the time of the sample; the best of the newest ones.</summary>
        public double Past(double[] ranks)
        {
            var best = 0.0;
            for (var lag = 0; lag < PastLabels; lag++)
            {
                var (x, y) = (new List<double>(), new List<double>());
                for (var i = 0; i < _rows.Length; i++)
                {
                    var known = _table.LastKnownLabel(_rows[i]) - _overlap - lag;
                    if (known < 0) continue;
                    x.Add(ranks[i]);
                    y.Add(_table.Label[known]);
                }
                if (x.Count < LeastSamples) break;
                double[] order = RankCorrelation.Ranks([.. x]);
                var value = _classes ? Of(order, [.. y], 0) : RankCorrelation.OfRanks(order, RankCorrelation.Ranks([.. y]));
                if (double.IsFinite(value)) best = Math.Max(best, Math.Abs(value));
            }
            return best;
        }

        /// <summary>The highest skill over some seeded shuffles of the labels.</summary>
        public double Shuffled(double[] ranks)
        {
            var (random, best) = (new PortableRandom(1, 54), double.NegativeInfinity);
            var labels = (double[])_labels.Clone();
            for (var s = 0; s < Shuffles; s++)
            {
                for (var i = labels.Length - 1; i > 0; i--)
                {
                    var j = random.Next(i + 1);
                    (labels[i], labels[j]) = (labels[j], labels[i]);
                }
                best = Math.Max(best, Of(ranks, labels, 0));
            }
            return best;
        }

        /// <summary>
        /// Share of circular shifts of the labels with at least this skill. Shifts keep the autocorrelation of both series.
        /// </summary>
        public (double Share, int Shifts) Shifted(double[] ranks, double own)
        {
            var (n, least) = (_labels.Length, _labels.Length / 20 + 1);
            var shifts = (int)Math.Min(Math.Min(MostShifts, n - 2 * least), MostWork / n);
            if (shifts < 20) return (0, 0);
            var higher = 0;
            for (var k = 0; k < shifts; k++)
                if (Of(ranks, _labels, least + (int)((long)(n - 2 * least) * k / shifts)) >= own) higher++;
            return ((higher + 1.0) / (shifts + 1), shifts);
        }

        // Both are ranks; for classes the labels are 0 and 1, and the sum of the ranks of 1 gives the AUC (Mann and Whitney 1947).
        private double Of(double[] ranks, double[] labels, int shift)
        {
            var n = ranks.Length;
            var mean = (n + 1) / 2.0;
            var (sum, ones, squares, own) = (0.0, 0.0, 0.0, 0.0);
            for (var i = 0; i < n; i++)
            {
                var label = labels[i + shift < n ? i + shift : i + shift - n];
                var x = ranks[i] - mean;
                if (_classes)
                {
                    sum += x * label;
                    ones += label;
                }
                else
                {
                    sum += x * (label - mean);
                    squares += x * x;
                    own += (label - mean) * (label - mean);
                }
            }
            return _classes ? 2 * sum / (ones * (n - ones)) : sum / Math.Sqrt(squares * own);
        }
    }
}
