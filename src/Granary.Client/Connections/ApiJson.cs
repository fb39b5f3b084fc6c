using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Client.Connections;

/// <summary>How bodies and answers are written: camelCase, UTC times, NaN and infinities as words. What is null is left out.</summary>
public static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
