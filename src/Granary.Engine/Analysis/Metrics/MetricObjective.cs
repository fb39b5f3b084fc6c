using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Engine.Analysis.Metrics;

/// <summary>
/// The objective: a metric, or an expression of metrics such as <c>sharpe - 0.5 * maxDrawdown</c>. An expression has numbers, keys of
/// metrics, <c>+ - * /</c> and parentheses; its greatest value is the best.
/// </summary>
internal sealed class MetricObjective
{
    private readonly Func<MetricSet, double> _value;
    private readonly Metric? _metric;

    private MetricObjective(string text, Func<MetricSet, double> value, Metric? metric, bool isMinimised) =>
        (Text, _value, _metric, IsMinimised) = (text, value, metric, isMinimised);

    /// <summary>The key of the metric, or the expression.</summary>
    public string Text { get; }

    /// <summary>Whether the smallest value is the best; never for an expression.</summary>
    public bool IsMinimised { get; }

    /// <summary>Whether it is an expression.</summary>
    public bool IsExpression => _metric is null;

    /// <summary>NaN where undefined: a metric is, or a division by zero.</summary>
    public double this[MetricSet metrics] => _value(metrics);

    /// <summary>The place of an account among others. Ruined accounts come last.</summary>
    /// <remarks>An expression with an undefined metric has no value, so its account is not chosen.</remarks>
    public MetricRank RankOf(MetricSet metrics) => _metric is not null ? metrics.RankOf(_metric, IsMinimised)
        : metrics.IsRuined ? new MetricRank(double.NaN, double.NegativeInfinity)
        : new MetricRank(_value(metrics), metrics.TotalReturn);

    /// <summary>
    /// Reads a metric's key, with a leading <c>-</c> if the smallest value is the best and a leading <c>+</c> if the greatest is, or an
    /// expression.
    /// </summary>
    /// <exception cref="InputException">
    /// There is no such metric, or the text is no expression; one sentence with the remedy.
    /// </exception>
    public static MetricObjective Parse(string text, MetricCatalogue metrics)
    {
        var trimmed = text.Trim();
        var name = trimmed.TrimStart('-', '+');
        if (metrics.Objectives.FirstOrDefault(m => m.Key == name) is { } metric)
            return new MetricObjective(name, set => set[metric], metric,
                trimmed.StartsWith('-') || (!trimmed.StartsWith('+') && metric.Better == MetricDirection.Lower));
        return new MetricObjective(trimmed, new Reader(trimmed, metrics).Read(), null, false);
    }

    public override string ToString() => (IsMinimised ? "-" : "") + Text;

    // Reads an expression by recursive descent: a sum of products of factors.
    private sealed class Reader(string text, MetricCatalogue metrics)
    {
        // Deeper parentheses are a mistake, and their reading must not exhaust the stack.
        private const int MostDepth = 100;

        private int _at, _depth;

        public Func<MetricSet, double> Read()
        {
            var value = Sum();
            return _at == text.Length ? value : throw Wrong($"'{text[_at..].Trim()}' is not understood; combine metrics by + - * / and "
                + "parentheses");
        }

        private Func<MetricSet, double> Sum()
        {
            var sum = Product();
            while (Takes('+', '-') is not '\0' and var sign)
            {
                var (left, right) = (sum, Product());
                sum = sign == '+' ? set => left(set) + right(set) : set => left(set) - right(set);
            }
            return sum;
        }

        private Func<MetricSet, double> Product()
        {
            var product = Term();
            while (Takes('*', '/') is not '\0' and var sign)
            {
                var (left, right) = (product, Term());
                product = sign == '*' ? set => left(set) * right(set) : set => Quotient(left(set), right(set));
            }
            return product;
        }

        private static double Quotient(double over, double under) => under == 0 ? double.NaN : over / under;

        private Func<MetricSet, double> Term()
        {
            if (++_depth > MostDepth) throw Wrong($"it is nested more than {MostDepth} times; write it shorter");
            var term = Takes('-', '(') switch
            {
                '-' => Negative(Term()),
                '(' => Closed(Sum()),
                _ => Leaf(),
            };
            _depth--;
            return term;
        }

        private static Func<MetricSet, double> Negative(Func<MetricSet, double> value) => set => -value(set);

        private Func<MetricSet, double> Closed(Func<MetricSet, double> value) =>
            Takes(')', ')') == ')' ? value : throw Wrong("a closing parenthesis is missing");

        private Func<MetricSet, double> Leaf()
        {
            var from = _at;
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '.' or '_')) _at++;
            var word = text[from.._at];
            if (word.Length == 0) throw Wrong(_at < text.Length
                ? $"a metric or a number is needed before '{text[_at..].Trim()}'" : "a metric or a number is missing at its end");
            if (!char.IsAsciiLetter(word[0]))
                return double.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                    ? _ => number : throw Wrong($"'{word}' is not a number; write it as 0.5");
            var known = metrics.LayoutOf(MetricParts.Equity | MetricParts.Account | MetricParts.Trades).Metrics.ToArray()
                .Where(m => m.Group != MetricGroup.Internal).Select(m => m.Key).ToList();
            if (known.Contains(word, StringComparer.Ordinal)) return set => set[word];
            string[] better = [.. metrics.Objectives.Select(m => m.Key)];
            throw Wrong($"there is no statistic '{word}'; " + (Spelling.Nearest(word, known) is { } near ? $"did you mean '{near}'?"
                : $"use one of {string.Join(", ", better)}"));
        }

        // Takes one of two characters after spaces; '\0' where another one follows.
        private char Takes(char one, char other)
        {
            while (_at < text.Length && text[_at] == ' ') _at++;
            var taken = _at < text.Length && (text[_at] == one || text[_at] == other) ? text[_at++] : '\0';
            while (taken != '\0' && _at < text.Length && text[_at] == ' ') _at++;
            return taken;
        }

        private InputException Wrong(string sentence) => new(text.AsSpan().IndexOfAny("+-*/() ") < 0 ? sentence
            : $"'{text}': {sentence}");
    }
}
