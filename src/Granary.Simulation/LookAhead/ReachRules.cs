using System.Collections.Frozen;

namespace Granary.Simulation.LookAhead;

/// <summary>
/// Lists the members of .NET with which code reaches data beyond a strategy's bars. The longest matching prefix decides.
/// </summary>
internal static class ReachRules
{
    private static readonly (ReachKind? Kind, string Members)[] s_rules =
    [
        (ReachKind.Files, "System.IO. System.IO.Compression.ZipFile System.IO.Path.GetTempFileName System.IO.Path.Exists "
            + "System.Xml.XmlReader.Create System.Xml.XmlDocument.Load System.Xml.Linq.XDocument.Load System.Xml.Linq.XElement.Load "
            + "Microsoft.VisualBasic.FileIO. Microsoft.VisualBasic.FileSystem Microsoft.Win32."),
        (null, "System.IO.MemoryStream System.IO.StringReader System.IO.StringWriter System.IO.TextReader System.IO.TextWriter "
            + "System.IO.Stream. System.IO.BinaryReader System.IO.BinaryWriter System.IO.SeekOrigin System.IO.IOException "
            + "System.IO.EndOfStreamException System.IO.InvalidDataException System.IO.FileNotFoundException System.IO.Path. "
            + "System.IO.Compression."),
        (ReachKind.Network, "System.Net. System.Data. System.ServiceModel. Npgsql. Confluent."),
        (ReachKind.Processes, "System.Diagnostics.Process"),
        (ReachKind.Clock, "System.Diagnostics.Stopwatch System.TimeProvider.get_System System.Threading.Timer "
            + "System.Threading.PeriodicTimer System.Timers. System.DateTime.get_Now System.DateTime.get_UtcNow "
            + "System.DateTime.get_Today System.DateTimeOffset.get_Now "
            + "System.DateTimeOffset.get_UtcNow System.Environment.get_TickCount"),
        (ReachKind.Environment, "System.Environment. System.AppContext System.AppDomain System.Console.Read System.Console.get_In "
            + "System.Console.OpenStandardInput System.TimeZoneInfo.get_Local"),
        (null, "System.Environment.get_NewLine System.Environment.get_CurrentManagedThreadId"),
        (ReachKind.Randomness, "System.Random.get_Shared System.Random..ctor() System.Guid.NewGuid System.Guid.CreateVersion7 "
            + "System.Security.Cryptography.RandomNumberGenerator"),
        (ReachKind.Reflection, "System.Reflection. System.Runtime.Loader. Microsoft.CSharp. System.Linq.Expressions. System.Activator. "
            + "System.Delegate.DynamicInvoke System.Delegate.CreateDelegate System.Type.InvokeMember System.Type.GetType "
            + "System.Type.GetField System.Type.GetMethod System.Type.GetPropert System.Type.GetMember System.Type.GetConstructor "
            + "System.Type.GetNestedType System.Runtime.CompilerServices.UnsafeAccessor"),
        // new T() of a generic method; the type of an expression
        (null, "System.Activator.CreateInstance() System.Type.GetTypeFromHandle System.Reflection.MemberInfo.get_Name"),
        (ReachKind.Native, "System.Runtime.InteropServices.Marshal. System.Runtime.InteropServices.NativeLibrary "
            + "System.Runtime.InteropServices.NativeMemory System.Runtime.InteropServices.GCHandle "
            + "System.Runtime.InteropServices.MemoryMarshal.CreateSpan System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan "
            + "System.Runtime.CompilerServices.Unsafe.Add System.Runtime.CompilerServices.Unsafe.Read "
            + "System.Runtime.CompilerServices.Unsafe.Write System.Runtime.CompilerServices.Unsafe.AsPointer"),
    ];

    private static readonly FrozenDictionary<string, ReachKind?> s_members = s_rules
        .SelectMany(rule => rule.Members.Split(' ').Select(member => KeyValuePair.Create(member, rule.Kind))).ToFrozenDictionary();

    // A collection in a read-only field is still mutable.
    private static readonly string[] s_mutable =
    [
        "System.Collections.", "System.Text.StringBuilder", "System.Random", "System.WeakReference", "System.Threading.ThreadLocal",
        "System.Threading.AsyncLocal", "System.Threading.Channels.", "System.Runtime.CompilerServices.ConditionalWeakTable",
        "System.Runtime.CompilerServices.StrongBox", "System.Runtime.Caching.", "System.IO.",
    ];

    /// <summary>Returns the kind of data that a member of .NET reaches; null if it reaches none.</summary>
    /// <param name="member">"Namespace.Type.Member"; a method without parameters ends with "()".</param>
    public static ReachKind? Of(string member)
    {
        // Attributes are metadata and not calls; the compiler itself adds many.
        if (member.EndsWith("Attribute..ctor", StringComparison.Ordinal) || member.EndsWith("Attribute..ctor()", StringComparison.Ordinal))
            return member.StartsWith("System.Runtime.CompilerServices.UnsafeAccessor", StringComparison.Ordinal) ? ReachKind.Reflection
                : null;
        for (var length = member.Length; length > 0; length--)
            if (s_members.TryGetValue(member[..length], out var kind))
                return kind;
        return null;
    }

    /// <summary>Whether an object of this type is mutable even if the field that holds it is read-only.</summary>
    public static bool IsMutable(string type) => type.EndsWith("[]", StringComparison.Ordinal)
        || (s_mutable.Any(prefix => type.StartsWith(prefix, StringComparison.Ordinal))
            && !type.StartsWith("System.Collections.Immutable.", StringComparison.Ordinal)
            && !type.StartsWith("System.Collections.Frozen.", StringComparison.Ordinal)
            && !type.StartsWith("System.Collections.Generic.IReadOnly", StringComparison.Ordinal));
}
