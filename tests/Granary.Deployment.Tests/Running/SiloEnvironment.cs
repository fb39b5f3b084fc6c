using Granary.Silo.Options;

namespace Granary.Deployment.Tests.Running;

/// <summary>Reads an environment as the silo does. Files and folders of the container are stood in for, since they are not here.</summary>
internal static class SiloEnvironment
{
    private static readonly string[] Files = ["GRANARY_KEYS", "GRANARY_KAFKA_CONFIG"];

    public static SiloSettings Read(IReadOnlyDictionary<string, string> environment)
    {
        var standIn = Path.GetTempFileName();
        try
        {
            return SiloSettingsReader.Read([], name => environment.GetValueOrDefault(name) switch
            {
                null => null,
                _ when Files.Contains(name) => standIn,
                _ when name == "GRANARY_DATA" => Path.GetTempPath(),
                var value => value,
            });
        }
        finally
        {
            File.Delete(standIn);
        }
    }

    public static int HttpPort(SiloSettings settings) =>
        new Uri(settings.Urls.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)).Port;
}
