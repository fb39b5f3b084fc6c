using Granary.Application.Causality.Reach;

namespace Granary.Application.Tests.Verification;

public sealed class ReachRulesTests
{
    [Theory]
    [InlineData("System.IO.File", "ReadAllText", 1, ReachKind.Files)]
    [InlineData("System.IO.MemoryMappedFiles.MemoryMappedFile", "CreateFromFile", 1, ReachKind.Files)]
    [InlineData("System.Net.Http.HttpClient", "GetAsync", 1, ReachKind.Network)]
    [InlineData("System.Diagnostics.Process", "Start", 1, ReachKind.Processes)]
    [InlineData("System.DateTime", "get_UtcNow", 0, ReachKind.Clock)]
    [InlineData("System.Random", ".ctor", 0, ReachKind.Randomness)]
    [InlineData("System.Environment", "GetEnvironmentVariable", 1, ReachKind.Environment)]
    [InlineData("System.Type", "GetType", 1, ReachKind.Reflection)]
    [InlineData("System.Reflection.FieldInfo", "GetValue", 1, ReachKind.Reflection)]
    [InlineData("System.Runtime.InteropServices.Marshal", "PtrToStructure", 1, ReachKind.Native)]
    [InlineData("System.Xml.XmlReader", "Create", 1, ReachKind.Unknown)]
    [InlineData("Microsoft.VisualBasic.FileIO.TextFieldParser", ".ctor", 1, ReachKind.Unknown)]
    public void What_reaches_beyond_the_bars_is_reported(string type, string member, int parameters, ReachKind kind) =>
        ReachRules.Of(type, member, parameters).ShouldBe(kind);

    [Theory]
    [InlineData("System.IO.MemoryStream", ".ctor", 0)]
    [InlineData("System.Random", ".ctor", 1)]
    [InlineData("System.DateTime", "AddHours", 1)]
    [InlineData("System.Collections.Generic.List`1", "Add", 1)]
    [InlineData("System.Collections.Generic.Dictionary`2+Enumerator", "MoveNext", 0)]
    [InlineData("System.Linq.Enumerable", "Sum", 1)]
    [InlineData("System.Math", "Sqrt", 1)]
    [InlineData("System.Activator", "CreateInstance", 0)]
    public void What_only_computes_is_not_reported(string type, string member, int parameters) =>
        ReachRules.Of(type, member, parameters).ShouldBeNull();
}
