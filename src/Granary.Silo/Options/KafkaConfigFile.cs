namespace Granary.Silo.Options;

/// <summary>The file of <c>--kafka-config</c>: lines of name=value. Empty lines and those that begin with # are skipped.</summary>
internal static class KafkaConfigFile
{
    public static Dictionary<string, string> Read(string file, string source, List<string> faults)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var (number, line) in File.ReadAllLines(file).Index())
            {
                if (line.Trim() is not { Length: > 0 } text || text[0] == '#') continue;
                if (text.IndexOf('=') is > 0 and var equals) settings[text[..equals].Trim()] = text[(equals + 1)..].Trim();
                else faults.Add($"{source} {file}, line {number + 1}: write name=value"); // the line may be a secret, so it is not repeated
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{source}: {file} cannot be read: {e.Message}");
        }
        return settings;
    }
}
