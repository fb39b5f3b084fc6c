using Granary.Cli.Tests;

namespace Granary.Scripting.Tests.StrategyFiles;

/// <summary>What is wrong is printed in one sentence with exit code 2, and no folder of a run begins.</summary>
public sealed class WrongFilesTests : IDisposable
{
    private readonly FileUnderTest _file = new();

    public void Dispose() => _file.Dispose();

    private async Task<string> RefusedAsync(string text, params string[] more)
    {
        var call = await _file.BacktestAsync(text, [.. more, "--quiet"]);
        call.ExitCode.ShouldBe(2, call.Error + call.Output);
        call.Output.ShouldBe("");
        Directory.Exists(_file.Folder.At("run")).ShouldBeFalse("a refused file leaves nothing behind");
        return call.Error;
    }

    [Theory]
    [InlineData("Side.Buy", "Sied.Buy", "Idea.cs(12,47): error CS0103: The name 'Sied' does not exist in the current context")]
    [InlineData("public sealed class Idea", "public abstract class Idea", "Idea.cs: it has no strategy")]
    [InlineData("public sealed class Idea :", "public sealed class Second : Strategy { public override void OnBar(StrategyContext bar) { } } "
        + "public sealed class Idea :", "it has the strategies Idea, Second; name one, as --class Idea")]
    [InlineData("class Idea : Strategy", "class SmaCross : Strategy", "error CS1520")]
    [InlineData("int length = 20", "int length = 20, decimal other = 1", "the parameter 'other' of the strategy Idea is a Decimal")]
    [InlineData("{ \"execution\"", "{ \"exekution\"", "Idea.cs, line 1, exekution: there is no key 'exekution'; did you mean 'execution'?")]
    [InlineData("\"weights\": \"equal\"", "\"weights\": \"eqal\"", "Idea.cs, line 1, portfolio.weights:")]
    [InlineData("0.05,", "0.05 0.1,", "Idea.cs, line 1, column")]
    [InlineData(" } }", " } } more", "Idea.cs, line 1: there is more text behind the settings")]
    [InlineData("// granary:", "/// granary:", "Idea.cs, line 1: the settings of the batch are read from a comment with '//'")]
    [InlineData("public sealed class Idea", "// granary: {}\npublic sealed class Idea",
        "Idea.cs, line 2: a comment '// granary:' is in line 1")]
    [InlineData("public sealed class Idea", "#:package Other@1.0\npublic sealed class Idea", "Idea.cs(2,1): error GR0001: the directive")]
    [InlineData("public sealed class Idea", "[BarFormat(\"x\")] public sealed class Own : Granary.Data.Formats.BarFormat { } public sealed "
        + "class Idea", "error CS0246")]
    [InlineData("(_average, _shorts) =", "throw new InvalidOperationException(\"not ready\"); private void Other(int length, "
        + "bool shorts) => (_, _) =", "Idea.cs: Idea cannot be made with its defaults (InvalidOperationException: not ready); correct its constructor")]
    public async Task A_wrong_file_is_refused(string part, string instead, string sentence) =>
        (await RefusedAsync(FileUnderTest.Idea.Replace(part, instead))).ShouldContain(sentence);

    [Theory]
    [InlineData("length=5..x", "--param length=5..x: write the range as 5..50:5")]
    [InlineData("length=50..5:5", "--param length=50..5:5: the last value is smaller than the first")]
    [InlineData("length=5..50:0", "--param length=5..50:0: write the range as 5..50:5")]
    [InlineData("lenght=5", "--param lenght=5: Idea has no parameter 'lenght'; did you mean 'length'?")]
    [InlineData("length", "--param length: write it as NAME=VALUE")]
    [InlineData("length=", "--param length=:")]
    [InlineData("length=5,5", "--param length=5,5: a value is there twice")]
    [InlineData("length=1000", "--param length=1000:")]
    [InlineData("shorts=maybe", "--param shorts=maybe:")]
    public async Task A_wrong_parameter_is_refused(string parameter, string sentence) =>
        (await RefusedAsync(FileUnderTest.Idea, "--param", parameter)).ShouldContain(sentence);

    [Theory]
    [InlineData("--timeframe", "7m", "--timeframe 7m: use one of")]
    [InlineData("--class", "Other", "--class Other: Idea.cs has no such strategy; it has Idea")]
    public async Task A_wrong_option_is_refused(string option, string value, string sentence) =>
        (await RefusedAsync(FileUnderTest.Idea, option, value)).ShouldContain(sentence);

    [Fact]
    public async Task A_name_of_a_built_in_class_is_refused() => (await RefusedAsync(FileUnderTest.Idea.Replace("Idea", "SmaCross")))
        .ShouldContain("the strategy name 'SmaCross' of SmaCross in Idea.cs is taken by Granary.Engine.Strategies.Library.SmaCross");

    [Fact]
    public async Task A_missing_file_and_a_missing_source_are_named()
    {
        var missing = await GranaryCall.RunAsync("backtest", _file.Folder.At("None.cs"));
        (missing.ExitCode, missing.Error.Contains("None.cs does not exist")).ShouldBe((2, true), missing.Error);
        var source = await GranaryCall.RunAsync("backtest", _file.Folder.Write("Idea.cs", FileUnderTest.Idea), "--source",
            "csv:" + _file.Folder.At("none"), "--quiet");
        (source.ExitCode, source.Error.Contains("there is no such folder")).ShouldBe((2, true), source.Error);
    }

    [Fact]
    public async Task Options_of_a_file_are_refused_with_a_batch_file()
    {
        var call = await GranaryCall.RunAsync("backtest", _file.Folder.Write("batch.json", "{}"), "--symbols", "A");
        (call.ExitCode, call.Error.Contains("--symbols is for a C# file with a strategy")).ShouldBe((2, true), call.Error);
    }

    [Fact]
    public async Task A_constructor_that_does_not_return_is_refused_after_ten_seconds() => (await RefusedAsync(FileUnderTest.Idea.Replace(
        "private readonly bool _shorts;", "private readonly bool _shorts; static Idea() => System.Threading.Thread.Sleep(-1);")))
        .ShouldContain("Idea.cs: the strategy Idea did not return from its constructor within 10 s");
}
