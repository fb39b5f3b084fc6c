using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Simulation.Plugins;

namespace Granary.Simulation.StrategyFiles;

/// <summary>The settings in the comment <c>// granary: { … }</c> of a strategy file.</summary>
internal static class StrategyFileSettings
{
    /// <summary>Reads the comment; the lines of faults are the file's.</summary>
    /// <returns>An empty object if there is no comment.</returns>
    /// <exception cref="InputException">There are two comments, or one that is no JSON object.</exception>
    public static JsonPart Read(CodeSource source)
    {
        var root = JsonPart.Parse(source.Name, System.Text.Encoding.UTF8.GetBytes(SettingsComment.Find(source.Name, source.Text)));
        return root.Kind == System.Text.Json.JsonValueKind.Object ? root
            : throw root.Fault("an object such as { \"execution\": { … } } is needed");
    }
}
