using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Granary.Kafka;

/// <summary>Where the native client comes from: the package's own librdkafka where it is there, else the one that the operating system installed.</summary>
public static class KafkaLibrary
{
    /// <summary>What Debian, Ubuntu, Fedora and Alpine install; the name without the number belongs to their packages for developers.</summary>
    private const string Installed = "librdkafka.so.1";

    static KafkaLibrary() => NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);

    /// <summary>Must have been called before the first client is made; more calls change nothing.</summary>
    public static void Use()
    {
        // the static constructor has done it
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (!string.Equals(name, "librdkafka", StringComparison.Ordinal)) return 0; // the client tries names of its own for old systems
        if (NativeLibrary.TryLoad(name, assembly, path, out var handle)) return handle;
        return OperatingSystem.IsLinux() && NativeLibrary.TryLoad(Installed, out handle) ? handle : 0;
    }
}
