using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Backtesting.Verification;

/// <summary>Writes the result of <c>verify</c> as JSON.</summary>
public static class VerificationJson
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(VerificationResult result) => JsonSerializer.Serialize(new
    {
        result.Passed,
        result.Expected,
        result.Actual,
        result.DataChanged,
        causality = new
        {
            result.Causality.Passed,
            result.Causality.Strategies,
            result.Causality.Cuts,
            result.Causality.Found,
            result.Causality.Factors,
            result.Causality.FactorsFound,
            result.Causality.Plugins,
            Reaches = result.Causality.Reaches.Select(r => new
            {
                r.Plugin,
                Kind = JsonNamingPolicy.CamelCase.ConvertName(r.Kind.ToString()),
                r.Sentence,
            }),
        },
        result.Proofs,
    }, Json);
}
