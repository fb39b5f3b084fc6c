using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Granary.Kafka;

/// <summary>Loads the native client: the package's librdkafka if present, otherwise that of the operating system.</summary>
public static class KafkaLibrary
{
    /// <summary>
    /// What Debian, Ubuntu, Fedora and Alpine install; the name without the number belongs to their packages for developers.
    /// </summary>
    private const string Installed = "librdkafka.so.1";

    static KafkaLibrary() => NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);

    /// <summary>Must have been called before the first client is made; more calls change nothing.</summary>
    public static void Use()
    {
        // the static constructor has done it
    }

    /// <summary>The same for a user who asked for Kafka: the exception says what to install.</summary>
    /// <exception cref="Granary.Engine.Market.BarStoreException">There is no librdkafka.</exception>
    public static void Demand()
    {
        Use();
        if (!NativeLibrary.TryLoad("librdkafka", typeof(Library).Assembly, null, out _) && !NativeLibrary.TryLoad(Installed, out _))
            throw new Granary.Engine.Market.BarStoreException("Kafka's client library librdkafka is not installed; on Debian and Ubuntu: "
                + "apt-get install librdkafka1");
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (!string.Equals(name, "librdkafka", StringComparison.Ordinal)) return 0; // the client tries names of its own for old systems
        if (NativeLibrary.TryLoad(name, assembly, path, out var handle)) return handle;
        return OperatingSystem.IsLinux() && NativeLibrary.TryLoad(Installed, out handle) ? handle : 0;
    }
}
