using System.Globalization;
using Granary.Engine;

namespace Granary.Simulation.Batches;

/// <summary>A comparison of two expressions of parameters, such as <c>slow &gt; 2 * fast</c>.</summary>
internal sealed class SearchCondition
{
    private readonly Func<IReadOnlyList<double>, bool> _holds;

    private SearchCondition(Func<IReadOnlyList<double>, bool> holds) => _holds = holds;

    /// <param name="point">Coordinates by dimension.</param>
    public bool Holds(IReadOnlyList<double> point) => _holds(point);

    /// <param name="valueOf">Returns how a name's number follows from a point; throws for an unknown name.</param>
    /// <exception cref="InputException">The text is no comparison; one sentence with the remedy.</exception>
    public static SearchCondition Parse(string text, Func<string, Func<IReadOnlyList<double>, double>> valueOf) =>
        new(new Reader(text, valueOf).Read());

    // Reads by recursive descent: a comparison of two sums of products of terms.
    private sealed class Reader(string text, Func<string, Func<IReadOnlyList<double>, double>> valueOf)
    {
        // Deeper parentheses are a mistake, and their reading must not exhaust the stack.
        private const int MostDepth = 100;

        private int _at, _depth;

        public Func<IReadOnlyList<double>, bool> Read()
        {
            var left = Sum();
            var comparison = Comparison();
            if (comparison.Length == 0) throw Wrong("it compares nothing; write it as \"slow > fast\", by one of < <= > >=");
            var right = Sum();
            if (_at < text.Length)
                throw Wrong(Comparison() is not "" ? "it has two comparisons; write each as a condition of its own"
                    : $"'{text[_at..].Trim()}' is not understood; compare two expressions by one of < <= > >=");
            return comparison switch
            {
                "<" => point => left(point) < right(point),
                "<=" => point => left(point) <= right(point),
                ">" => point => left(point) > right(point),
                _ => point => left(point) >= right(point),
            };
        }

        private string Comparison()
        {
            Skip();
            if (_at == text.Length || text[_at] is not ('<' or '>')) return "";
            var from = _at++;
            if (_at < text.Length && text[_at] == '=') _at++;
            return text[from.._at];
        }

        private Func<IReadOnlyList<double>, double> Sum()
        {
            var sum = Product();
            while (Takes('+', '-') is not '\0' and var sign)
            {
                var (left, right) = (sum, Product());
                sum = sign == '+' ? p => left(p) + right(p) : p => left(p) - right(p);
            }
            return sum;
        }

        private Func<IReadOnlyList<double>, double> Product()
        {
            var product = Term();
            while (Takes('*', '/') is not '\0' and var sign)
            {
                var (left, right) = (product, Term());
                product = sign == '*' ? p => left(p) * right(p) : p => left(p) / right(p);
            }
            return product;
        }

        private Func<IReadOnlyList<double>, double> Term()
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

        private static Func<IReadOnlyList<double>, double> Negative(Func<IReadOnlyList<double>, double> value) => p => -value(p);

        private Func<IReadOnlyList<double>, double> Closed(Func<IReadOnlyList<double>, double> value) =>
            Takes(')', ')') == ')' ? value : throw Wrong("a closing parenthesis is missing");

        private Func<IReadOnlyList<double>, double> Leaf()
        {
            Skip();
            var from = _at;
            while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '.' or '_')) _at++;
            var word = text[from.._at];
            if (word.Length == 0)
                throw Wrong(_at < text.Length ? $"a parameter or a number is needed before '{text[_at..].Trim()}'"
                    : "a parameter or a number is missing at its end");
            if (char.IsLetter(word[0]) || word[0] == '_') return valueOf(word);
            return double.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                ? _ => number : throw Wrong($"'{word}' is not a number; write it as 0.5");
        }

        // Takes one of two characters after spaces; '\0' where another one follows.
        private char Takes(char one, char other)
        {
            Skip();
            return _at < text.Length && (text[_at] == one || text[_at] == other) ? text[_at++] : '\0';
        }

        private void Skip()
        {
            while (_at < text.Length && text[_at] == ' ') _at++;
        }

        private InputException Wrong(string sentence) => new($"'{text}': {sentence}");
    }
}
