using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Storage.Files;

namespace Granary.Server.JobKinds;

/// <summary>The result file of a job without a run.</summary>
internal static class ResultFile
{
    public const string Name = "result.json";

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static void Write(string folder, string json) => AtomicFile.Write(Path.Combine(folder, Name), Encoding.UTF8.GetBytes(json));

    public static Task WriteAsync(string folder, string json, CancellationToken cancellationToken) =>
        AtomicFile.WriteAsync(Path.Combine(folder, Name), Encoding.UTF8.GetBytes(json), cancellationToken);
}
