using Granary.Architecture.Tests.CodeBases;
using Granary.Architecture.Tests.Rules;

namespace Granary.Architecture.Tests.Ceilings;

/// <summary>
/// How many violations of a rule each file may still have (ceilings.txt). A ceiling equals the truth: more violations fail, and fewer
/// fail until the ceiling is lowered, so the list only shrinks.
/// </summary>
public sealed class CeilingFile
{
    public const string RepositoryPath = "tests/Granary.Architecture.Tests/ceilings.txt";
    public const string WriteVariable = "GRANARY_WRITE_CEILINGS";

    private const string Command =
        WriteVariable + "=1 dotnet exec tests/Granary.Architecture.Tests/bin/Release/net10.0/Granary.Architecture.Tests.dll";

    private readonly SortedDictionary<(string Rule, string File), int> _counts;

    private CeilingFile(SortedDictionary<(string Rule, string File), int> counts) => _counts = counts;

    /// <summary>Keys of the rules that have ceilings.</summary>
    public IEnumerable<string> Rules => _counts.Keys.Select(key => key.Rule).Distinct();

    public int TotalOf(string rule) => _counts.Where(count => count.Key.Rule == rule).Sum(count => count.Value);

    public static CeilingFile Parse(string text)
    {
        var counts = Empty();
        foreach (var (line, number) in text.Split('\n').Select((line, index) => (line.Trim(), index + 1)))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var parts = line.Split(' ');
            if (parts.Length != 3 || !int.TryParse(parts[2], out var count) || count < 1 || !counts.TryAdd((parts[0], parts[1]), count))
            {
                throw new FormatException(
                    $"{RepositoryPath}:{number}: '{line}' is not 'rule file count' with a count above 0, once per rule and file.");
            }
        }

        return new(counts);
    }

    /// <summary>Counts the violations of rules.</summary>
    public static CeilingFile Count(IEnumerable<IRule> rules, CodeBase code)
    {
        var counts = Empty();
        foreach (var rule in rules)
        {
            foreach (var file in rule.Find(code).GroupBy(violation => violation.File))
            {
                counts[(rule.Key, file.Key)] = file.Sum(violation => violation.Weight);
            }
        }

        return new(counts);
    }

    /// <summary>Writes today's counts. Unless <paramref name="mayRise"/>, the total of no rule may rise.</summary>
    public static void Rewrite(string path, CeilingFile truth, bool mayRise)
    {
        var before = Parse(File.Exists(path) ? File.ReadAllText(path) : "");
        foreach (var rule in truth.Rules)
        {
            if (!mayRise && truth.TotalOf(rule) > before.TotalOf(rule))
            {
                var (old, now) = (before.TotalOf(rule), truth.TotalOf(rule));
                throw new InvalidOperationException(
                    $"{rule} rose from {old} to {now}. Fix the new violations; run the tests to list them.");
            }
        }

        File.WriteAllText(path, truth.ToString());
    }

    /// <summary>Sentences about the files whose violations of a rule differ from their ceilings.</summary>
    public IReadOnlyList<string> Differences(IRule rule, CodeBase code)
    {
        var found = rule.Find(code).GroupBy(violation => violation.File).ToDictionary(file => file.Key, file => file.ToList());
        var differences = new List<string>();
        foreach (var (file, violations) in found.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            var (count, ceiling) = (violations.Sum(violation => violation.Weight), _counts.GetValueOrDefault((rule.Key, file)));
            if (count > ceiling)
            {
                differences.AddRange(violations.Select(violation => violation.ToString()));
                differences.Add($"  {file} has {count} of {rule.Key}, the ceiling is {ceiling}. {rule.Remedy}");
            }
        }

        foreach (var ((_, file), ceiling) in _counts.Where(count => count.Key.Rule == rule.Key))
        {
            var count = found.TryGetValue(file, out var violations) ? violations.Sum(violation => violation.Weight) : 0;
            if (count < ceiling)
            {
                differences.Add($"{RepositoryPath}: {rule.Key} {file} is {ceiling}, the file has {count}. Lower the ceiling: {Command}");
            }
        }

        return differences;
    }

    public override string ToString() =>
        $"""
        # Violations that a file may still have: rule, file, count. The counts may only fall. See README.md beside this file.
        {string.Join('\n', _counts.Select(count => $"{count.Key.Rule} {count.Key.File} {count.Value}"))}

        """.ReplaceLineEndings("\n");

    private static SortedDictionary<(string Rule, string File), int> Empty() =>
        new(Comparer<(string Rule, string File)>.Create((left, right) =>
            string.CompareOrdinal(left.Rule, right.Rule) is var order and not 0 ? order : string.CompareOrdinal(left.File, right.File)));
}
