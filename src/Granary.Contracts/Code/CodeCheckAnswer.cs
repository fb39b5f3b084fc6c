using System.Text.Json.Nodes;
using Granary.Contracts.Catalogues;

namespace Granary.Contracts.Code;

/// <summary>Messages of the compiler, and the classes, of a strategy file.</summary>
/// <param name="Compiler">Name and version of the compiler and the language.</param>
/// <param name="Messages">Errors and warnings, in the order of the source.</param>
/// <param name="Strategies">The strategy classes of the file with their parameters; none if the file has errors.</param>
/// <param name="Settings">The batch's settings in the file's comment <c>granary:</c>; empty without one, null if it has errors.</param>
public sealed record CodeCheckAnswer(string Compiler, IReadOnlyList<CodeMessage> Messages, IReadOnlyList<CatalogueItem> Strategies,
    JsonObject? Settings);

/// <summary>A message of the compiler.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">In UTF-16 units, from 1.</param>
/// <param name="Severity">error or warning.</param>
/// <param name="Code">The compiler's code, such as CS0103.</param>
/// <param name="Text">The compiler's sentence.</param>
public sealed record CodeMessage(int Line, int Column, string Severity, string Code, string Text);
