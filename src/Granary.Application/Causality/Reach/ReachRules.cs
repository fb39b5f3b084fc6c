using System.Collections.Frozen;

namespace Granary.Application.Causality.Reach;

/// <summary>Which members of .NET and of Granary reach beyond the bars that a strategy is given.</summary>
internal static class ReachRules
{
    private static readonly FrozenSet<string> PureIo = new[]
    {
        "MemoryStream", "StringReader", "StringWriter", "TextReader", "TextWriter", "Stream", "BinaryReader", "BinaryWriter", "SeekOrigin",
        "IOException", "EndOfStreamException", "InvalidDataException", "FileNotFoundException",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> TypeLookups = new[]
    {
        "GetType", "GetField", "GetFields", "GetMethod", "GetMethods", "GetProperty", "GetProperties", "GetMember", "GetMembers",
        "GetConstructor", "GetConstructors", "GetNestedType", "GetNestedTypes", "InvokeMember", "GetTypeFromCLSID", "GetTypeFromProgID",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Mutators = new[]
    {
        "Add", "AddFirst", "AddLast", "AddOrUpdate", "AddRange", "Append", "AppendLine", "Clear", "Dequeue", "Enqueue", "EnqueueDequeue",
            "Fill", "GetOrAdd", "Insert",
        "InsertRange", "Pop", "Push", "Put", "Remove", "RemoveAll", "RemoveAt", "Set", "SetValue", "Sort", "Reverse", "TryAdd",
            "TryDequeue", "TryPop", "TryRemove",
        "TryUpdate", "UnionWith", "set_Item", "set_Value",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Everything else of .NET is reported: what is not known to be pure may read anything.
    private static readonly FrozenSet<string> PureNamespaces = new[]
    {
        "System", "System.Buffers", "System.Collections", "System.Collections.Concurrent", "System.Collections.Frozen",
            "System.Collections.Generic",
        "System.Collections.Immutable", "System.Collections.ObjectModel", "System.Collections.Specialized", "System.ComponentModel",
            "System.Diagnostics.CodeAnalysis",
        "System.Globalization", "System.IO", "System.IO.Compression", "System.Linq", "System.Numerics", "System.Numerics.Tensors",
            "System.Runtime",
        "System.Runtime.CompilerServices", "System.Runtime.ExceptionServices", "System.Runtime.InteropServices",
            "System.Runtime.Intrinsics",
        "System.Runtime.Intrinsics.Arm", "System.Runtime.Intrinsics.X86", "System.Runtime.Serialization", "System.Security.Cryptography",
            "System.Text",
        "System.Text.Json", "System.Text.Json.Nodes", "System.Text.Json.Serialization", "System.Text.RegularExpressions",
            "System.Threading",
        "System.Threading.Channels", "System.Threading.Tasks",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> PureDiagnostics = new[]
    {
        "System.Diagnostics.Debug", "System.Diagnostics.Debugger", "System.Diagnostics.Trace", "System.Diagnostics.UnreachableException",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] StateHolders =
    [
        "System.Collections.Concurrent.", "System.Runtime.CompilerServices.ConditionalWeakTable",
            "System.Runtime.CompilerServices.StrongBox",
        "System.Threading.ThreadLocal", "System.Threading.AsyncLocal", "System.Threading.Channels.", "System.WeakReference",
            "System.Runtime.Caching.",
    ];

    /// <summary>What a call of a member of .NET reaches; null where it reaches nothing.</summary>
    /// <param name="type">Full name of the declaring type, without generic arguments.</param>
    /// <param name="parameters">How many it takes.</param>
    public static ReachKind? Of(string type, string member, int parameters)
    {
        if (type.StartsWith("System.IO.", StringComparison.Ordinal)) return OfIo(type["System.IO.".Length..], member);
        if (type.StartsWith("System.Net.", StringComparison.Ordinal) || type.StartsWith("System.Data.",
            StringComparison.Ordinal)) return ReachKind.Network;
        if (type.StartsWith("Microsoft.Win32.", StringComparison.Ordinal)) return ReachKind.Environment;
        if (type.StartsWith("System.Reflection.", StringComparison.Ordinal)) return member == "get_Name" || type.EndsWith("Attribute",
            StringComparison.Ordinal) ? null : ReachKind.Reflection;
        if (type.StartsWith("System.Runtime.Loader.", StringComparison.Ordinal) || type.StartsWith("Microsoft.CSharp.",
            StringComparison.Ordinal)
            || type.StartsWith("System.Linq.Expressions.", StringComparison.Ordinal))
            return ReachKind.Reflection;
        return type switch
        {
            "System.Diagnostics.Process" or "System.Diagnostics.ProcessStartInfo" => ReachKind.Processes,
            "System.Diagnostics.Stopwatch" or "System.TimeProvider" or "System.Threading.Timer" or "System.Threading.PeriodicTimer"
                or "System.Timers.Timer" => ReachKind.Clock,
            "System.DateTime" or "System.DateTimeOffset" => member is "get_Now" or "get_UtcNow" or "get_Today" ? ReachKind.Clock : null,
            "System.Environment" => member is "get_NewLine" ? null : member.StartsWith("get_TickCount", StringComparison.Ordinal)
                ? ReachKind.Clock : ReachKind.Environment,
            "System.AppContext" or "System.AppDomain" => ReachKind.Environment,
            "System.Console" => member.StartsWith("Read", StringComparison.Ordinal) || member is "get_In" or "OpenStandardInput"
                ? ReachKind.Environment : null,
            "System.Random" => member == "get_Shared" || (member == ".ctor" && parameters == 0) ? ReachKind.Randomness : null,
            "System.Guid" => member is "NewGuid" or "CreateVersion7" ? ReachKind.Randomness : null,
            "System.Security.Cryptography.RandomNumberGenerator" => ReachKind.Randomness,
            "System.Type" => TypeLookups.Contains(member) ? ReachKind.Reflection : null,
            "System.Activator" => parameters == 0 ? null : ReachKind.Reflection,
            "System.Delegate" => member is "DynamicInvoke" or "CreateDelegate" ? ReachKind.Reflection : null,
            "System.Runtime.InteropServices.Marshal" or "System.Runtime.InteropServices.NativeLibrary"
                or "System.Runtime.InteropServices.NativeMemory" => ReachKind.Native,
            "System.Runtime.InteropServices.MemoryMarshal" =>
                member is "CreateSpan" or "CreateReadOnlySpan" or "GetReference" or "GetArrayDataReference" ? ReachKind.Native : null,
            "System.Runtime.CompilerServices.Unsafe" => member is "As" or "SkipInit" or "SizeOf" ? null : ReachKind.Native,
            "System.TimeZoneInfo" => member == "get_Local" ? ReachKind.Environment : null,
            "System.GC" => member is "KeepAlive" or "SuppressFinalize" ? null : ReachKind.Environment,
            "System.Runtime.InteropServices.GCHandle" => ReachKind.Native,
            _ => PureNamespaces.Contains(NamespaceOf(type)) || PureDiagnostics.Contains(type) ? null : ReachKind.Unknown,
        };
    }

    /// <summary>Whether a static field of this type is state by itself.</summary>
    public static bool IsStateHolder(string type) => StateHolders.Any(s => type.StartsWith(s, StringComparison.Ordinal));

    /// <summary>Whether a static field of this type can be changed in place though it is read-only.</summary>
    public static bool IsMutable(string type) =>
        type.EndsWith("[]", StringComparison.Ordinal) || type.StartsWith("System.Collections.Generic.", StringComparison.Ordinal)
            || type.StartsWith("System.Text.StringBuilder", StringComparison.Ordinal)
        || type.StartsWith("System.Collections.", StringComparison.Ordinal) && !type.StartsWith("System.Collections.Immutable.",
            StringComparison.Ordinal) && !type.StartsWith("System.Collections.Frozen.", StringComparison.Ordinal);

    /// <summary>Whether a call changes the object that it is called on.</summary>
    public static bool IsMutator(string member) => Mutators.Contains(member);

    private static string NamespaceOf(string type)
    {
        var outer = type.IndexOf('+', StringComparison.Ordinal) is >= 0 and var nested ? type[..nested] : type;
        return outer.LastIndexOf('.') is >= 0 and var dot ? outer[..dot] : "";
    }

    private static ReachKind? OfIo(string type, string member) => type switch
    {
        "Path" => member is "GetTempFileName" or "Exists" or "GetTempPath" or "GetFullPath" ? ReachKind.Files : null,
        _ when PureIo.Contains(type) || type.StartsWith("Compression.", StringComparison.Ordinal) && type != "Compression.ZipFile" => null,
        _ => ReachKind.Files,
    };
}
