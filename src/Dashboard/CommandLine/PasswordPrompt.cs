using System.Text;

namespace Dashboard.CommandLine;

/// <summary>Reads a password: a line of standard input, or typed twice without being shown. An argument would be seen by everybody on the machine.</summary>
internal static class PasswordPrompt
{
    /// <summary>Null with the reason on standard error.</summary>
    public static async Task<string?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        if (Console.IsInputRedirected)
        {
            if (await Console.In.ReadLineAsync(cancellationToken) is { Length: > 0 } line)
                return line;
            await Console.Error.WriteLineAsync("There is no password on standard input. Give it as one line, or run this in a terminal and type it.");
            return null;
        }

        var first = await TypeAsync($"Password for {name}: ");
        if (first == await TypeAsync("Again: "))
            return first;
        await Console.Error.WriteLineAsync("These were two different passwords. Nothing was done; try again.");
        return null;
    }

    private static async Task<string> TypeAsync(string question)
    {
        await Console.Error.WriteAsync(question);
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                typed.Append(key.KeyChar);
        }

        await Console.Error.WriteLineAsync();
        return typed.ToString();
    }
}
