using System.Text;

namespace Granary.Cli;

/// <summary>A line that a user types in a terminal. Unlike <see cref="Console.ReadLine"/> it ends without a line at Esc.</summary>
internal static class TypedLine
{
    /// <returns>The line; null after Esc or Ctrl-D.</returns>
    public static string? Read()
    {
        var line = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Escape:
                case ConsoleKey.D when key.Modifiers == ConsoleModifiers.Control && line.Length == 0:
                    Console.WriteLine();
                    return null;
                case ConsoleKey.Enter:
                    Console.WriteLine();
                    return line.ToString();
                case ConsoleKey.Backspace:
                    if (line.Length == 0) break;
                    line.Length--;
                    Console.Write("\b \b");
                    break;
                default:
                    if (char.IsControl(key.KeyChar)) break;
                    line.Append(key.KeyChar);
                    Console.Write(key.KeyChar);
                    break;
            }
        }
    }
}
