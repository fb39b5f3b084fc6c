using System.Text.Encodings.Web;
using System.Text.Json;

namespace Granary.Reporting.Runs;

/// <summary>
/// Findings that are stated beside the validation checks and decide nothing, in prod.json and results.json: each has a word and a
/// sentence.
/// </summary>
internal sealed record StatedFindings(IReadOnlyDictionary<string, ValidationCheck> ByName) : ResultSection(Key)
{
    /// <summary>The key of the object in prod.json and of the section in results.json.</summary>
    public const string Key = "statements";

    /// <summary>The stated findings among the checks; null if there is none.</summary>
    public static StatedFindings? Of(ValidationChecks checks) => ValidationChecks.Stated.Any(checks.ByName.ContainsKey)
        ? new(checks.ByName.Where(c => ValidationChecks.Stated.Contains(c.Key, StringComparer.Ordinal))
            .ToDictionary(StringComparer.Ordinal))
        : null;

    /// <summary>Serializes the findings for prod.json and results.json.</summary>
    public override string ToJson()
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer,
            new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            foreach (var (name, finding) in ByName)
            {
                json.WriteStartObject(name);
                json.WriteString("word", finding.Word);
                json.WriteString("sentence", finding.Sentence);
                foreach (var (figure, value) in finding.Figures) ResultsJson.Number(json, figure, value);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
